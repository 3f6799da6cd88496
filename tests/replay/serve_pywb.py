"""Serves the config.yaml of the working folder with pywb, on a free loopback port that it prints.

Runs under the tools' Python. `wayback` does the same, but on a port that must be chosen before.
"""

from gevent.monkey import patch_all

patch_all()

from gevent.pywsgi import WSGIServer  # noqa: E402 - gevent must have patched before
from pywb.apps.frontendapp import FrontEndApp  # noqa: E402

server = WSGIServer(("127.0.0.1", 0), FrontEndApp(), log=None)
server.start()
print(f"http://127.0.0.1:{server.server_port}")
server.serve_forever()

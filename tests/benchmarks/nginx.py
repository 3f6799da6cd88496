"""Serves the files of a site with nginx, and tells what was asked for.

nginx gets its listening socket from us, as it would hand it over to a new version of itself (the variable
NGINX): so the system chooses the port, and nobody can take it in between.
"""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.measure import cpu_of
from tests.benchmarks.site import MISSING, Site

_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
_CONFIG = """
daemon off;
worker_processes 1;
user {user};
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 512; }}
http {{
    {temporary}
    log_format short '$status $host$request_uri';
    access_log {folder}/access.log short;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000;
    keepalive_timeout 65;
    server_tokens off;
    server_names_hash_bucket_size 128;
    map_hash_bucket_size 512;
    etag on;
    types {{ }}
    map $host$uri $moved {{ {moved} default ''; }}
    map $host$uri $gone {{ {gone} default ''; }}

    # The portal's two hosts, asked by name or as by a proxy's client.
    server {{
        listen 127.0.0.1:{port};
        server_name ~^[a-z]+\\.kabarnusa\\.localhost$;
        if ($moved) {{ return 301 $moved$is_args$args; }}
        if ($gone) {{ return 410; }}
        # Asked to know that all answers before it stand in the log; it leaves no line itself.
        location = {settled} {{ access_log off; return 204; }}
        {locations}
    }}
    # The same for clients that use no proxy: http://127.0.0.2:PORT/HOST/PATH
    server {{
        listen 127.0.0.2:{direct_port};
        root {root};
        default_type 'text/html; charset=UTF-8';
        gzip_static always;
        gunzip on;
        location / {{ rewrite ^ $uri@$args? break; }}
    }}
}}
"""
_SETTLED = "/-/settled"
_LOCATION = """
        location {match} {{
            root {root};
            default_type '{kind}';
            {more}
            error_page 404 @missing;
            rewrite ^ /$host$uri@$args? break;
        }}"""
_NOTHING = """
        location @missing {{
            root {root};
            default_type 'text/html; charset=UTF-8';
            gzip_static always;
            gunzip on;
            rewrite ^ /$host/{missing}? break;
        }}"""
_PACKED = "gzip_static always; gunzip on; gzip_vary on;"
_COOKIES = "add_header Set-Cookie 'edisi=1; Path=/'; add_header Set-Cookie 'tema=terang; Path=/';"
_KINDS = (
    ("/", "text/html; charset=UTF-8", f"{_PACKED} {_COOKIES}"),
    ("= /robots.txt", "text/plain; charset=UTF-8", _PACKED),
    (r"~ \.xml$", "application/xml; charset=UTF-8", _PACKED),
    ("= /rss", "text/xml; charset=UTF-8", _PACKED),
    (r"~ \.css$", "text/css; charset=UTF-8", _PACKED),
    (r"~ \.xml\.gz$", "application/x-gzip", ""),
)


class NoServerError(Exception):
    """nginx is not there, or does not start; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Served:
    """Where a site is served, by which process and its child, and the log with a line for each answer.

    `url` is good as `http_proxy`; below `direct` stand the same pages, with the host as the first folder. It
    has another loopback address, because warcprox archives nothing of 127.0.0.1.
    """

    url: str
    direct: str
    pid: int
    log: Path

    def cpu(self) -> float:
        """CPU seconds that the server has used so far."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return sum(map(cpu_of, (self.pid, *map(int, children))))

    def position(self) -> int:
        """Where the log ends now, with the line of each answer that has been sent."""
        self._settle()
        return self.log.stat().st_size

    def answers(self, since: int) -> list[tuple[int, str]]:
        """Status and address (without a scheme) of each answer from that place of the log on."""
        self._settle()
        with self.log.open("rb") as log:
            log.seek(since)
            lines = log.read().decode().splitlines()
        return [(int(status), address) for status, _, address in (line.partition(" ") for line in lines)]

    def statuses(self, since: int) -> Counter[int]:
        return Counter(status for status, _ in self.answers(since))

    def _settle(self) -> None:
        """An answer is logged after it was sent; the one worker answers this only when it has done both."""
        port = int(self.url.rpartition(":")[2])
        if (answer := _head(port, _SETTLED)) != b"HTTP/1.1 204":
            raise NoServerError(f"nginx answers {answer!r} to {_SETTLED}")


def find_nginx() -> str:
    """The program; Debian has it where only root looks.

    Raises:
        NoServerError: there is none.
    """
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise NoServerError("nginx is needed to serve the portal. On Debian: apt install nginx")
    return found


@contextmanager
def serving(site: Site) -> Iterator[Served]:
    """Serve a site with an nginx of its own on loopback while the context lasts.

    Raises:
        NoServerError: nginx is not there, or does not start.
    """
    program = find_nginx()
    with (
        tempfile.TemporaryDirectory(prefix="kliping-nginx-") as place,
        _listening("127.0.0.1") as proxied,
        _listening("127.0.0.2") as direct,
    ):
        folder, sockets = Path(place), (proxied.fileno(), direct.fileno())
        ports = (proxied.getsockname()[1], direct.getsockname()[1])
        (folder / "nginx.conf").write_text(_config(site, folder, *ports))
        (folder / "access.log").touch()
        command = [program, "-p", place, "-c", "nginx.conf", "-e", f"{place}/error.log"]
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            pass_fds=sockets,
            env={**os.environ, "NGINX": "".join(f"{number};" for number in sockets)},
        ) as process:
            try:
                _wait_for(process, ports[0], folder / "error.log")
                urls = (f"http://127.0.0.1:{ports[0]}", f"http://127.0.0.2:{ports[1]}")
                yield Served(*urls, process.pid, folder / "access.log")
            finally:
                process.terminate()


@contextmanager
def _listening(address: str) -> Iterator[socket.socket]:
    """A socket on a port that the system has chosen."""
    with socket.socket() as listening:
        listening.bind((address, 0))
        listening.listen(511)
        yield listening


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Ask for anything: the answer says that it works. Connections wait from the beginning on."""
    try:
        answer = _head(port, "/")
    except OSError as error:
        raise NoServerError(f"nginx does not answer ({error}): {_said(log)}") from error
    if answer != b"HTTP/1.1 200" or process.poll() is not None:
        raise NoServerError(f"nginx answers {answer!r}: {_said(log)}")


def _head(port: int, path: str) -> bytes:
    """Version and status of the answer to a HEAD request."""
    request = f"HEAD {path} HTTP/1.1\r\nHost: pesisir.kabarnusa.localhost\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request.encode())
        return connection.recv(12)


def _said(log: Path) -> str:
    return log.read_text()[-1000:] if log.exists() else "it has written no log"


def _config(site: Site, folder: Path, port: int, direct_port: int) -> str:
    locations = "".join(
        _LOCATION.format(match=match, root=site.files, kind=kind, more=more) for match, kind, more in _KINDS
    )
    return _CONFIG.format(
        user=getpass.getuser(),
        folder=folder,
        port=port,
        direct_port=direct_port,
        root=site.files,
        temporary=" ".join(f"{name}_temp_path {folder}/{name};" for name in _TEMPORARY),
        moved=" ".join(f"'{old}' '{new}';" for old, new in site.moved.items()),
        gone=" ".join(f"'{address}' 1;" for address in site.gone),
        settled=_SETTLED,
        locations=locations + _NOTHING.format(root=site.files, missing=MISSING),
    )

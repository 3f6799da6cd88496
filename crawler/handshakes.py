"""What TLS is spoken with each host, for the fields WARC-Protocol and WARC-Cipher-Suite.

Both are proposals to the WARC format that browsertrix-crawler and Wget-AT write as well
(https://github.com/iipc/warc-specifications/issues/42 and /86).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Protocol

from archives.capture import Tls

_VERSIONS = {"TLSv1": "tls/1.0", "TLSv1.1": "tls/1.1", "TLSv1.2": "tls/1.2", "TLSv1.3": "tls/1.3"}
_IANA = {
    "ECDHE-ECDSA-AES128-GCM-SHA256": "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384": "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305": "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256": "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "ECDHE-RSA-AES256-GCM-SHA384": "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "ECDHE-RSA-CHACHA20-POLY1305": "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    "ECDHE-RSA-AES128-SHA": "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    "ECDHE-RSA-AES256-SHA": "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    "ECDHE-RSA-AES128-SHA256": "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
    "ECDHE-RSA-AES256-SHA384": "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
    "DHE-RSA-AES128-GCM-SHA256": "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
    "DHE-RSA-AES256-GCM-SHA384": "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
    "DHE-RSA-CHACHA20-POLY1305": "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    "AES128-GCM-SHA256": "TLS_RSA_WITH_AES_128_GCM_SHA256",
    "AES256-GCM-SHA384": "TLS_RSA_WITH_AES_256_GCM_SHA384",
}
"""OpenSSL's names of suites of TLS 1.2 (openssl-ciphers(1)); those of TLS 1.3 are IANA's already."""
_UNREAD = 32
"""Connections of one host that are remembered until their handshake is over."""


class Connection(Protocol):
    """What is asked of an OpenSSL connection."""

    def get_cipher_name(self) -> str | None: ...
    def get_protocol_version_name(self) -> str: ...


@dataclass(slots=True)
class _Host:
    unread: deque[Connection]
    spoken: set[Tls]


class Handshakes:
    """What has been agreed with each host in this run.

    Scrapy does not say which connection an answer came over. So where those of one host differ nothing is
    told about any.
    """

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}

    def begun(self, host: str, connection: Connection) -> None:
        """A connection to `host` is being made."""
        self._hosts.setdefault(host.lower(), _Host(deque(maxlen=_UNREAD), set())).unread.append(connection)

    def spoken_with(self, host: str) -> Tls | None:
        """What was agreed with `host`; None where that is not known, or not the same for all connections."""
        found = self._hosts.get(host.lower())
        if found is None:
            return None
        for _ in range(len(found.unread)):
            connection = found.unread.popleft()
            agreed = _agreed(connection)
            if agreed is None:
                found.unread.append(connection)
            else:
                found.spoken.add(agreed)
        return next(iter(found.spoken)) if len(found.spoken) == 1 else None


def _agreed(connection: Connection) -> Tls | None:
    cipher = connection.get_cipher_name()
    version = _VERSIONS.get(connection.get_protocol_version_name())
    if cipher is None or version is None:
        return None
    return Tls(version=version, cipher=cipher if cipher.startswith("TLS_") else _IANA.get(cipher))

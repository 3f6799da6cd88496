"""All connections have one TLS context, and each still knows whose certificate it wants."""

# Twisted's own calls have no types.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import cast

import pytest
import trustme
from OpenSSL import SSL
from scrapy.core.downloader.contextfactory import _load_context_factory_from_settings
from scrapy.utils.test import get_crawler
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator, IProtocolFactory, IReactorTime
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.protocols.tls import TLSMemoryBIOFactory, TLSMemoryBIOProtocol

from crawler import settings
from crawler.handshakes import Handshakes
from crawler.tls import ListeningPolicy

HOSTS = ("aceh.example", "pesisir.example")


class Client:
    """One connection as a crawl makes it, with nothing but memory between it and its server."""

    def __init__(self, policy: ListeningPolicy, host: str, kept: object = None) -> None:
        """With a creator that was `kept`, as endpoints keep it, or with one of its own."""
        creator = cast("IOpenSSLClientConnectionCreator", kept or policy.creatorForNetloc(host.encode(), 443))
        wrapped = cast("IProtocolFactory", Factory.forProtocol(Protocol))
        factory = TLSMemoryBIOFactory(creator, True, wrapped, clock=cast("IReactorTime", Clock()))
        self._transport = StringTransport()
        self._protocol: TLSMemoryBIOProtocol = factory.buildProtocol(None)
        self._protocol.makeConnection(self._transport)

    @property
    def connection(self) -> SSL.Connection:
        return cast("SSL.Connection", self._protocol.getHandle())

    def trusts(self, server: SSL.Connection) -> bool:
        """Shake hands; whether both ends agreed."""
        over = False
        server.set_accept_state()
        for _ in range(6):
            sent = self._transport.value()
            self._transport.clear()
            if sent:
                server.bio_write(sent)
            try:
                server.do_handshake()
                over = True
            except SSL.WantReadError:
                pass
            except SSL.Error:
                return False
            with suppress(SSL.WantReadError):
                self._protocol.dataReceived(server.bio_read(1 << 16))
        return over and not self._transport.disconnecting


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """The only one that the system trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    return authority


@pytest.fixture
def policy() -> ListeningPolicy:
    """Around Scrapy's own, with the settings of a crawl."""
    verify = {"DOWNLOAD_VERIFY_CERTIFICATES": settings.DOWNLOAD_VERIFY_CERTIFICATES}
    return ListeningPolicy(
        _load_context_factory_from_settings(get_crawler(settings_dict=verify)), Handshakes()
    )


def server(authority: trustme.CA, host: str) -> SSL.Connection:
    """The other end, with a certificate for `host`."""
    context = SSL.Context(SSL.TLS_METHOD)
    authority.issue_cert(host).configure_cert(context)
    return SSL.Connection(context)


def test_hosts_share_a_context_and_each_is_known_by_its_own_certificate(
    authority: trustme.CA, policy: ListeningPolicy
) -> None:
    clients = [Client(policy, host) for host in (*HOSTS, *HOSTS)]

    assert len({id(client.connection.get_context()) for client in clients}) == 1
    assert [client.connection.get_servername() for client in clients] == [
        host.encode() for host in (*HOSTS, *HOSTS)
    ]
    assert all(
        client.trusts(server(authority, host)) for client, host in zip(clients, (*HOSTS, *HOSTS), strict=True)
    )


def test_a_certificate_of_another_host_is_refused_also_when_that_host_was_met_before(
    authority: trustme.CA, policy: ListeningPolicy
) -> None:
    here, there = HOSTS
    assert Client(policy, here).trusts(server(authority, here))
    assert Client(policy, there).trusts(server(authority, there))

    assert not Client(policy, there).trusts(server(authority, here))
    assert not Client(policy, here).trusts(server(authority, there))


def test_a_certificate_of_an_unknown_authority_is_refused(
    authority: trustme.CA, policy: ListeningPolicy
) -> None:
    assert Client(policy, HOSTS[0]).trusts(server(authority, HOSTS[0]))

    assert not Client(policy, HOSTS[0]).trusts(server(trustme.CA(), HOSTS[0]))


def test_an_authority_that_could_not_be_read_for_a_moment_is_trusted_again(
    authority: trustme.CA, policy: ListeningPolicy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted, elsewhere = tmp_path / "ca.pem", tmp_path / "elsewhere.pem"
    kept = policy.creatorForNetloc(HOSTS[0].encode(), 443)
    assert Client(policy, HOSTS[0], kept).trusts(server(authority, HOSTS[0]))
    trusted.rename(elsewhere)
    monkeypatch.setattr(policy, "_good_until", 0)
    assert not Client(policy, HOSTS[0], kept).trusts(server(authority, HOSTS[0]))

    elsewhere.rename(trusted)
    monkeypatch.setattr(policy, "_good_until", 0)
    assert Client(policy, HOSTS[0], kept).trusts(server(authority, HOSTS[0]))
    assert Client(policy, HOSTS[1]).trusts(server(authority, HOSTS[1]))

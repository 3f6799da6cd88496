"""What TLS was spoken is told as the proposals for WARC want it, and only where it is known for sure."""

from __future__ import annotations

import contextlib

import pytest
import trustme
from OpenSSL import SSL

from archives.capture import Tls
from crawler.handshakes import Handshakes

HOST = "pesisir.example"


def connected(cipher: bytes = b"", *, version: int = SSL.TLS1_3_VERSION, done: bool = True) -> SSL.Connection:
    """The client's end of a connection in memory, after its handshake if that is `done`."""
    server_context, client_context = SSL.Context(SSL.TLS_METHOD), SSL.Context(SSL.TLS_METHOD)
    key = trustme.KeyType.RSA if b"-RSA-" in cipher else trustme.KeyType.ECDSA
    trustme.CA().issue_cert(HOST, key_type=key).configure_cert(server_context)
    client_context.set_max_proto_version(version)
    if cipher:
        server_context.set_cipher_list(cipher)
        client_context.set_cipher_list(cipher)
    client, server = SSL.Connection(client_context), SSL.Connection(server_context)
    client.set_connect_state()
    server.set_accept_state()
    for _ in range(4 if done else 0):
        for one, other in ((client, server), (server, client)):
            with contextlib.suppress(SSL.WantReadError):
                one.do_handshake()
            with contextlib.suppress(SSL.WantReadError):
                other.bio_write(one.bio_read(1 << 16))
    return client


@pytest.mark.parametrize(
    ("openssl", "iana"),
    [
        (b"ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
        (b"ECDHE-ECDSA-CHACHA20-POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
    ],
)
def test_a_suite_of_tls_1_2_has_its_iana_name(openssl: bytes, iana: str) -> None:
    handshakes = Handshakes()
    handshakes.begun(HOST, connected(openssl, version=SSL.TLS1_2_VERSION))

    assert handshakes.spoken_with(HOST.upper()) == Tls(version="tls/1.2", cipher=iana)


def test_a_suite_without_a_known_name_is_left_out() -> None:
    handshakes = Handshakes()
    handshakes.begun(HOST, connected(b"ECDHE-ECDSA-AES128-CCM", version=SSL.TLS1_2_VERSION))

    assert handshakes.spoken_with(HOST) == Tls(version="tls/1.2", cipher=None)


def test_connections_that_agree_are_told_and_unfinished_ones_say_nothing() -> None:
    handshakes = Handshakes()
    assert handshakes.spoken_with(HOST) is None
    for done in (False, True, True):
        handshakes.begun(HOST, connected(done=done))

    spoken = handshakes.spoken_with(HOST)
    assert spoken is not None
    assert spoken.version == "tls/1.3"
    assert str(spoken.cipher).startswith("TLS_")


def test_where_connections_differ_nothing_is_told() -> None:
    handshakes = Handshakes()
    handshakes.begun(HOST, connected())
    handshakes.begun(HOST, connected(version=SSL.TLS1_2_VERSION))

    assert handshakes.spoken_with(HOST) is None


def test_connections_that_never_end_their_handshake_are_forgotten() -> None:
    handshakes, unfinished = Handshakes(), connected(done=False)
    for _ in range(1000):
        handshakes.begun(HOST, unfinished)

    assert len(handshakes._hosts[HOST].unread) < 100

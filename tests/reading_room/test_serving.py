"""What `kliping browse` listens on, and whom it asks for a token."""

from __future__ import annotations

import http.client
import socket
import threading

import pytest
from flask import Flask

from crawler.commands.browse import _token
from crawler.errors import WrongUsageError
from reading_room.app import make_app
from reading_room.serving import CannotServeError, is_loopback, listen
from tests.archives.shelf import Shelf


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "::1", "[::1]"])
def test_on_loopback_nobody_needs_a_token(host: str) -> None:
    assert is_loopback(host)
    assert _token(None, host) is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "arsip.example", "localhost.example", ""])  # noqa: S104
def test_anywhere_else_a_token_is_made_anew(host: str) -> None:
    tokens = {_token(None, host) for _ in range(3)}

    assert len(tokens) == 3
    assert all(token is not None and len(token) == 32 for token in tokens)


@pytest.mark.parametrize("token", ["", "short", "a" * 15, "a" * 20 + "&", "rahasia sekali sekali", "ä" * 20])
def test_a_token_that_can_be_guessed_or_does_not_fit_an_address_is_refused(token: str) -> None:
    with pytest.raises(WrongUsageError, match="at least 16 letters and digits"):
        _token(token, "127.0.0.1")


def test_a_port_that_is_taken_is_told_with_what_to_do(filled: Shelf) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(CannotServeError, match="--port"):
        listen(make_app(filled.collection), "127.0.0.1", taken.getsockname()[1])


@pytest.mark.parametrize("host", ["192.0.2.7", "a" * 300])
def test_an_address_that_is_not_ours_is_told(filled: Shelf, host: str) -> None:
    with pytest.raises(CannotServeError, match="no such address"):
        listen(make_app(filled.collection), host, 0)


def test_the_server_answers_and_says_nothing_of_itself(filled: Shelf) -> None:
    answer = _asked(make_app(filled.collection), "GET", "/nowhere")

    assert answer.status == 404
    assert "Server" not in answer.headers
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def _asked(app: Flask, method: str, path: str) -> http.client.HTTPResponse:
    serving = listen(app, "127.0.0.1", 0)
    worker = threading.Thread(target=serving.server.run, daemon=True)
    worker.start()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", serving.port, timeout=20)
        connection.request(method, path)
        answer = connection.getresponse()
        answer.read()
        connection.close()
    finally:
        serving.server.close()
    return answer

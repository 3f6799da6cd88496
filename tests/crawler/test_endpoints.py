"""An endpoint is made once for what it leads to, and anew where anything differs that it is made from."""

# Twisted's own calls have no types.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from typing import cast

import pytest
from twisted.internet.testing import MemoryReactorClock
from twisted.web.client import URI, BrowserLikePolicyForHTTPS, _StandardEndpointFactory

from crawler import endpoints as module
from crawler.endpoints import BindAddress, Endpoints, Factory


def factory(timeout: float = 10, bind_address: BindAddress = None) -> Factory:
    """Twisted's own, which Scrapy's agent makes for each request."""
    return cast(
        "Factory",
        _StandardEndpointFactory(MemoryReactorClock(), BrowserLikePolicyForHTTPS(), timeout, bind_address),
    )


def uri(text: str) -> URI:
    return cast("URI", URI.fromBytes(text.encode()))


def test_the_same_host_has_the_same_endpoint_whatever_the_path() -> None:
    kept = Endpoints()
    first = kept.kept_of(factory()).endpointForURI(uri("https://aceh.example/a"))

    assert kept.kept_of(factory()).endpointForURI(uri("https://aceh.example/b?page=2")) is first


@pytest.mark.parametrize(
    ("address", "other"),
    [
        ("http://aceh.example/a", factory()),
        ("https://aceh.example:8443/a", factory()),
        ("https://pesisir.example/a", factory()),
        ("https://aceh.example/a", factory(timeout=20)),
        ("https://aceh.example/a", factory(bind_address=("127.0.0.2", 0))),
    ],
)
def test_another_scheme_port_host_timeout_or_own_address_has_another(address: str, other: Factory) -> None:
    kept = Endpoints()
    first = kept.kept_of(factory()).endpointForURI(uri("https://aceh.example/a"))

    assert kept.kept_of(other).endpointForURI(uri(address)) is not first
    assert kept.kept_of(factory()).endpointForURI(uri("https://aceh.example/a")) is first


def test_what_agents_ask_of_a_factory_is_told() -> None:
    told = Endpoints().kept_of(factory(timeout=7, bind_address=("127.0.0.2", 0)))

    assert (told._connectTimeout, told._bindAddress) == (7, ("127.0.0.2", 0))


def test_they_are_not_kept_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST", 10)
    kept = Endpoints()
    for number in range(35):
        kept.kept_of(factory()).endpointForURI(uri(f"http://host-{number}.example/"))

    assert len(kept._kept) <= 10

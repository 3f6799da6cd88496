"""All portals: every module of this package that has a `PORTAL`. Adding a portal is adding a file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from urllib.parse import urlsplit

from extractors.portal import Portal


@cache
def all_portals() -> Mapping[str, Portal]:
    """The portals by name, in alphabetical order. Modules that begin with "_" hold shared data."""
    names = sorted(module.name for module in iter_modules(__path__) if not module.name.startswith("_"))
    portals = [import_module(f"{__name__}.{name}").PORTAL for name in names]
    return MappingProxyType({portal.name: portal for portal in portals})


@cache
def portals_by_host() -> Mapping[str, Portal]:
    """The portal of each host."""
    return {host.name: portal for portal in all_portals().values() for host in portal.hosts}


def portal_of(url: str) -> Portal | None:
    """The portal that a URL's host belongs to; None for any other text."""
    try:
        name = urlsplit(url).hostname
    except ValueError:
        return None
    return portals_by_host().get((name or "").rstrip("."))

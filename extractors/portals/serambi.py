"""Serambi Indonesia, the Aceh daily of the Tribun network, under its host and its old brand domain."""

from __future__ import annotations

from dataclasses import replace

from extractors.portal import Portal
from extractors.portals._tribun_network import NETWORK
from extractors.portals._tribun_paths import FEED_PATHS, INDEX, REFUSED, SHAPES, samples
from extractors.portals._tribun_rules import RULES

ACEH = next(host for host in NETWORK if host.name == "aceh.tribunnews.com")
FORMER = ("serambinews.com", "www.serambinews.com")

PORTAL = Portal(
    name="serambi",
    title="Serambi Indonesia",
    group="tribun",
    hosts=(ACEH, *(replace(ACEH, name=name, kind="former") for name in FORMER)),
    rules=RULES,
    publisher="Serambi Indonesia",
    publisher_url="https://aceh.tribunnews.com/",
    shapes=SHAPES,
    refused=REFUSED,
    samples=samples("aceh.tribunnews.com"),
    index=INDEX,
    feed_paths=FEED_PATHS,
)

"""Kabar Nusa, the invented newsroom of `kliping demo`: Tribun's markup of all eras, served on loopback."""

from __future__ import annotations

from extractors.portal import Host, Portal, zone_of
from extractors.portals._tribun_paths import FEED_PATHS, INDEX, REFUSED, SHAPES
from extractors.portals._tribun_rules import RULES


def _host(label: str, brand: str, province: str, dateline_brand: str) -> Host:
    return Host(
        name=f"{label}.kabarnusa.localhost",
        brand=brand,
        province=province,
        zone=zone_of(province),
        dateline_brand=dateline_brand,
    )


PORTAL = Portal(
    name="demo",
    title="Kabar Nusa",
    group="demo",
    hosts=(
        _host("pesisir", "Kabar Pesisir", "Aceh", "KABARPESISIR.COM"),
        _host("lembah", "Kabar Lembah", "Sulawesi Selatan", "KABARLEMBAH.COM"),
    ),
    rules=RULES,
    publisher="Kabar Nusa",
    scheme="http",
    shapes=SHAPES,
    refused=REFUSED,
    index=INDEX,
    feed_paths=FEED_PATHS,
)

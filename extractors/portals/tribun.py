"""The Tribun network: www, its verticals and the regional hosts (aceh's articles belong to `serambi`)."""

from __future__ import annotations

from extractors.portal import Portal
from extractors.portals._tribun_network import NETWORK
from extractors.portals._tribun_paths import FEED_PATHS, INDEX, REFUSED, SHAPES, SITEMAPS_OF, samples
from extractors.portals._tribun_rules import RULES

PORTAL = Portal(
    name="tribun",
    title="Tribun Network",
    group="tribun",
    hosts=tuple(host for host in NETWORK if host.name != "aceh.tribunnews.com"),
    rules=RULES,
    publisher="Tribunnews.com",
    publisher_url="https://www.tribunnews.com/",
    shapes=SHAPES,
    refused=REFUSED,
    samples=samples("medan.tribunnews.com"),
    desktop=(("m.tribunnews.com", "www.tribunnews.com"),),
    index=INDEX,
    sitemap_paths_of=SITEMAPS_OF,
    feed_paths=FEED_PATHS,
)

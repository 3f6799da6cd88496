"""A spider for each portal of `extractors.portals`, under its name: a new portal needs no spider of its own.

The demo portal has one, because it starts its server.
"""

from __future__ import annotations

from crawler.portal_spider import PortalSpider
from crawler.spiders.demo import DemoSpider
from extractors.portal import Portal
from extractors.portals import all_portals


def spider_for(portal: Portal) -> type[PortalSpider]:
    """The spider of a portal. The portal that is called like its group takes the group's others along."""
    others = (other.name for other in all_portals().values() if portal.name == portal.group == other.group)
    return type(
        f"{portal.name.title().replace('_', '')}Spider",
        (PortalSpider,),
        {
            "__module__": __name__,  # Scrapy loads the spiders that a module defines, not those it imports
            "__doc__": f"{portal.title}.",
            "name": portal.name,
            "portal_names": tuple(dict.fromkeys((portal.name, *others))),
            "summary": portal.title,
        },
    )


SPIDERS: dict[str, type[PortalSpider]] = {
    name: spider_for(portal) for name, portal in all_portals().items() if name not in DemoSpider.portal_names
}
globals().update({spider.__name__: spider for spider in SPIDERS.values()})

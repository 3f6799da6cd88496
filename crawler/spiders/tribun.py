from crawler.portal_spider import PortalSpider


class TribunSpider(PortalSpider):
    """The whole Tribun network, about 60 regional portals and the national one."""

    name = "tribun"
    portal_names = ("tribun", "serambi")
    summary = "the whole Tribun network"

from crawler.portal_spider import PortalSpider


class SerambiSpider(PortalSpider):
    """Serambi Indonesia, the daily of Aceh, under its present and its old address."""

    name = "serambi"
    portal_names = ("serambi",)
    summary = "Serambi Indonesia, the daily of Aceh"

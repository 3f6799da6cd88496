from __future__ import annotations

import argparse

from scrapy.exceptions import UsageError
from scrapy.utils.conf import arglist_to_dict

from crawler.command import KlipingCommand, console
from crawler.crawling import crawl, find_spider
from crawler.errors import WrongUsageError
from crawler.exitcodes import ExitCode
from extractors.portals import all_portals


class Command(KlipingCommand):
    summary = "Crawl a portal into the collection"
    details = (
        f"PORTAL is one of {', '.join(all_portals())}; tribun is the whole network. "
        "Without dates it fetches what is new. "
        "It can be stopped at any time and goes on where it stopped. Arguments, each with -a NAME=VALUE: "
        "hosts=aceh,medan; since=2022-07-01 until=2022-07-31 (days, both included); sections=...; "
        "order=newest or oldest; recheck=due, all or none; url=ADDRESS; urls_file=FILE. "
        "source=wayback or commoncrawl takes articles from a web archive: with gaps=yes, the default, "
        "those that the ledger calls gone or failed, with since and until the captures of these days, with "
        "url and urls_file the ones named; KLIPING_CDX and KLIPING_CC_INDEX say which archive. "
        "A real portal needs -s KLIPING_CONTACT=..., so that its operators can reach you. "
        "Example: kliping crawl serambi -a since=2022-07-01 -a until=2022-07-31 "
        "-s KLIPING_CONTACT=https://library.example/crawler --collection aceh-2022"
    )
    usage = "PORTAL [-a NAME=VALUE ...] [options]"
    most_arguments = 1

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "-a",
            dest="arguments",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="what to crawl (may be repeated)",
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        try:
            opts.arguments = arglist_to_dict(opts.arguments)
        except ValueError:
            raise UsageError("invalid -a value; write it as -a NAME=VALUE", print_help=False) from None

    def execute(self, opts: argparse.Namespace) -> ExitCode:
        assert self.settings is not None
        if not self.words:
            raise WrongUsageError("which portal? `kliping portals` lists them; for a try: kliping crawl demo")
        spider = find_spider(self.words[0], self.settings)
        crawled = crawl(spider, opts.arguments, self.settings)
        crawled.report(console())
        return crawled.code

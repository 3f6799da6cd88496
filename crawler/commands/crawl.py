from __future__ import annotations

import argparse
import json

from crawler.command import KlipingCommand, console, named_values
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
        "order=newest or oldest; recheck=due, all or none; requisites=photo, images, page or none; "
        "url=ADDRESS; urls_file=FILE. "
        "The file has one address a line, or is CSV or JSONL with a column or key url (or link, source_url "
        "and the like), also packed with gzip; lines of no use are counted, and at the end the run says what "
        "was not to be had, line by line in reports/run-N-not-had.jsonl. "
        "For timers: --quiet says nothing if all went well; --max-runtime 5h and --max-requests 5000 end the "
        "run in good order, with exit code 3 if work is left, and the same command goes on; --metrics FILE "
        "tells Prometheus; logs/run-N.log in the collection keeps what was said. docs/scheduling.md has "
        "units for systemd and a line for cron. "
        "source=wayback or commoncrawl takes articles from a web archive: with gaps=yes, the default, "
        "those that the ledger calls gone or failed, with since and until the captures of these days, with "
        "url and urls_file the ones named; KLIPING_CDX and KLIPING_CC_INDEX say which archive. "
        "A real portal needs -s KLIPING_CONTACT=..., so that its operators can reach you. "
        "Example: kliping crawl serambi -a since=2022-07-01 -a until=2022-07-31 "
        "-s KLIPING_CONTACT=https://library.example/crawler --collection aceh-2022"
    )
    usage = "PORTAL [-a NAME=VALUE ...] [options]"
    can_be_quiet = False  # it has a --quiet of its own, which tells the warnings, too
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
        parser.add_argument(
            "--max-runtime",
            metavar="TIME",
            help="end in good order after that time, like 45m, 2h or 1d; the same command goes on",
        )
        parser.add_argument(
            "--max-requests",
            metavar="N",
            help="end in good order after N requests, robots.txt, lists and pictures included",
        )
        parser.add_argument(
            "--quiet",
            action="store_true",
            help="say nothing if all went well; otherwise the warnings, the table and the reason on stderr",
        )
        parser.add_argument("--json", action="store_true", help="the figures at the end for machines")
        parser.add_argument(
            "--metrics", metavar="FILE", help="write the run's figures to this file, for Prometheus"
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        try:
            opts.arguments = named_values(opts.arguments)
        except ValueError:
            self._parser.error("invalid -a value; write it as -a NAME=VALUE")

    def execute(self, opts: argparse.Namespace) -> ExitCode:
        if not self.words:
            raise WrongUsageError("which portal? `kliping portals` lists them; for a try: kliping crawl demo")
        from crawler.crawling import crawl, find_spider  # noqa: PLC0415 - Scrapy: its help needs none

        settings = self.settings_for_scrapy()
        spider = find_spider(self.words[0], settings)
        self._set_limits(opts)
        crawled = crawl(spider, opts.arguments, settings)
        if opts.json:
            print(json.dumps(crawled.as_plain(), indent=2, ensure_ascii=False))
        elif settings.getbool("KLIPING_QUIET"):
            crawled.complain(console(stderr=True))
        else:
            crawled.report(console())
        return crawled.code

    def _set_limits(self, opts: argparse.Namespace) -> None:
        """Options into settings of the same meaning, each checked under the name that was given."""
        from crawler.limits_of_run import Limit, parse_count, parse_duration  # noqa: PLC0415 - as above

        if opts.max_runtime is not None:
            parse_duration(opts.max_runtime, name=Limit.RUNTIME)
        if opts.max_requests is not None:
            parse_count(opts.max_requests, name=Limit.REQUESTS)
        if opts.metrics is not None and not opts.metrics:
            raise WrongUsageError("--metrics: is empty; name a file, or leave the option out")
        given = {
            "KLIPING_MAX_RUNTIME": opts.max_runtime,
            "KLIPING_MAX_REQUESTS": opts.max_requests,
            "KLIPING_METRICS": opts.metrics,
            "KLIPING_QUIET": opts.quiet or None,
        }
        self._set(**{name: value for name, value in given.items() if value is not None})

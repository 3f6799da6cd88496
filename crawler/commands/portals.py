from __future__ import annotations

import argparse
import json

from rich.table import Table

from crawler.command import KlipingCommand, console
from crawler.exitcodes import ExitCode
from extractors.portals import all_portals


class Command(KlipingCommand):
    summary = "List the portals and hosts that can be crawled"
    details = "The first word of a host is enough for -a hosts=...: aceh means aceh.tribunnews.com."

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="for machines")

    def execute(self, opts: argparse.Namespace) -> ExitCode:
        rows = [
            {
                "portal": portal.name,
                "host": host.name,
                "brand": host.brand,
                "province": host.province,
                "zone": host.zone,
            }
            for portal in all_portals().values()
            for host in portal.hosts
        ]
        if opts.json:
            print(json.dumps(rows, ensure_ascii=False, indent=2))
            return ExitCode.COMPLETE
        table = Table(*("portal", "host", "brand", "province", "zone"), box=None, pad_edge=False)
        for row in rows:
            table.add_row(*row.values())
        console().print(table)
        return ExitCode.COMPLETE

"""Reads a command's words and runs it, as Scrapy's command line does for `scrapy COMMAND`, without Scrapy.

Scrapy's loads itself, Twisted and every command of a project before it looks at the words: a second, which
a command that only looks into a collection need not spend. Both doors lead to the same commands, and the
same words get the same answers at both.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from crawler import settings
from crawler.plain_settings import PlainSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crawler.command import KlipingCommand


def run(name: str, words: Sequence[str]) -> int:
    """Run a command of `crawler.commands` with these words; its exit code.

    Raises:
        SystemExit: help was asked for, or an option is wrong; argparse has said so.
    """
    command: KlipingCommand = import_module(f"crawler.commands.{name}").Command()
    command.settings = PlainSettings(settings)
    command.settings.setdict(command.default_settings, priority="command")
    parser = argparse.ArgumentParser(
        formatter_class=_HelpFormatter, conflict_handler="resolve", description=command.long_desc()
    )
    command.add_options(parser)
    opts, rest = parser.parse_known_args(words)
    command.process_options(rest, opts)
    if opts.profile:
        _profiled(command, rest, opts)
    else:
        command.run(rest, opts)
    return command.exitcode


def _profiled(command: KlipingCommand, words: list[str], opts: argparse.Namespace) -> None:
    import cProfile  # noqa: PLC0415 - for nobody else

    sys.stderr.write(f"kliping: writing cProfile stats to {opts.profile!r}\n")
    profile = cProfile.Profile()
    profile.runcall(command.run, words, opts)
    profile.dump_stats(opts.profile)


class _HelpFormatter(argparse.HelpFormatter):
    """Underlines headings as Scrapy's help does, so that both doors say the same."""

    def _join_parts(self, part_strings: Iterable[str]) -> str:
        return super()._join_parts([shown for part in part_strings if part for shown in _underlined(part)])


def _underlined(part: str) -> list[str]:
    if part.startswith("usage: "):
        return [f"Usage\n=====\n  {part.removeprefix('usage: ')}"]
    if not part.endswith(":\n"):
        return [part]
    line = "-" if "Global Options" in part else "="
    title = part.removesuffix(":\n").title()
    return [title, f"\n{line * len(title)}\n"]

"""Lets the commands pass for Scrapy's.

No command: `scrapy COMMAND` imports every module of this package to find the commands, this one first, for
its name sorts before theirs. `kliping` imports only the module that it was asked for, and no Scrapy.
"""

from __future__ import annotations

from scrapy.commands import ScrapyCommand

from crawler.command import KlipingCommand

ScrapyCommand.register(KlipingCommand)  # type: ignore[type-abstract]  # it makes none

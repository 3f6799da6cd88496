"""Settings for commands that crawl nothing: what Scrapy's do for them, without Scrapy."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scrapy.settings import Settings

PRIORITIES = {"default": 0, "command": 10, "addon": 15, "project": 20, "spider": 30, "cmdline": 40}
"""Scrapy's names for who has the last word, and their order."""


class PlainSettings:
    """The settings of a module, and what was given beside them: the part of Scrapy's that commands use.

    Scrapy's own defaults are not among them. Loading Scrapy takes most of a second, and no command but
    `crawl` and `demo` needs it; those ask for `for_scrapy` when they begin to crawl.
    """

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._values: dict[str, tuple[Any, int]] = {
            name: (value, PRIORITIES["project"]) for name, value in vars(module).items() if name.isupper()
        }
        self._given: list[tuple[str, Any, str]] = []

    def set(self, name: str, value: object, priority: str = "project") -> None:
        """Give a setting a value, unless one of a higher priority stands."""
        rank = PRIORITIES[priority]
        if rank >= self._values.get(name, (None, 0))[1]:
            self._values[name] = (value, rank)
            self._given.append((name, value, priority))

    def setdict(self, values: Mapping[str, object], priority: str = "project") -> None:
        for name, value in values.items():
            self.set(name, value, priority)

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - settings are of any type
        return self._values.get(name, (None, 0))[0]

    def get(self, name: str, default: object = None) -> Any:  # noqa: ANN401 - as above
        value = self[name]
        return default if value is None else value

    def getint(self, name: str, default: int = 0) -> int:
        return int(self.get(name, default))

    def getfloat(self, name: str, default: float = 0.0) -> float:
        return float(self.get(name, default))

    def getpriority(self, name: str) -> int | None:
        """The rank of the value that stands; None where there is none."""
        return self._values[name][1] if name in self._values else None

    def for_scrapy(self) -> Settings:
        """The same as Scrapy's own, with its defaults; Scrapy is loaded here."""
        from scrapy.settings import Settings  # noqa: PLC0415 - only a crawl needs it

        settings = Settings()
        settings.setmodule(self._module, priority="project")
        for name, value, priority in self._given:
            settings.set(name, value, priority=priority)
        return settings

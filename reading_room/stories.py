"""The story that an article belongs to: its copies and near copies, and who was first.

Clusters are brought up to date in the background, for it can take minutes on a collection that is new here.
Until then, and where what clusters are made with is not installed, an article is shown without them.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError
from typing import TYPE_CHECKING

from flask import Flask, current_app

from archives.collection import Collection
from archives.errors import ArchiveError
from reading_room.holdings import holdings
from reading_room.typesetting import as_moment

if TYPE_CHECKING:
    from corpora.clusters import Clusters

logger = logging.getLogger(__name__)

_REST = 300
"""Seconds after which the clusters are brought up to date again, if somebody reads."""
_MOST = 40
_NICE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Another article of the same story. `near` ones have nearly the same words."""

    address: str
    headline: str
    publisher: str
    placed: datetime | None
    near: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The story of an article: who published it first as far as is known, and the others, oldest first."""

    first_publisher: str | None
    size: int
    copies: tuple[Copy, ...]


class Stories:
    """The clusters of one collection as they were when they were last brought up to date."""

    def __init__(self, collection: Collection, clock: Callable[[], float] = time.monotonic) -> None:
        self._collection = collection
        self._clock = clock
        self._lock = threading.Lock()
        self._clusters: Clusters | None = None
        self._next = float("-inf")
        self._at_work = False
        self.ready = threading.Event()
        """Set when the first attempt is over."""

    def of(self, address: str) -> Story | None:
        """The story of an article; None where it is alone, or nothing is known yet."""
        self._renew()
        with self._lock:
            if self._clusters is None:
                return None
            cluster = self._clusters.of(address)
            if cluster.story_size < 2:
                return None
            members = self._clusters.story_members(cluster.story)
        others = [one for one in members if one.address != address and one.address not in holdings().removals]
        headlines = holdings().headlines([one.address for one in others[:_MOST]])
        copies = tuple(
            Copy(
                address=one.address,
                headline=headlines[one.address],
                publisher=one.publisher,
                placed=as_moment(one.placed),
                near=one.near == cluster.near,
            )
            for one in others[:_MOST]
            if one.address in headlines
        )
        return Story(first_publisher=cluster.first_publisher, size=len(others) + 1, copies=copies)

    def _renew(self) -> None:
        with self._lock:
            if self._at_work or self._clock() < self._next:
                return
            self._at_work = True
        threading.Thread(target=self._work, name="stories", daemon=True).start()

    def _work(self) -> None:
        with suppress(OSError, AttributeError):  # readers go first
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        fresh = self._brought_up()
        with self._lock:
            before = self._clusters
            self._clusters = fresh or before
            self._at_work, self._next = False, self._clock() + _REST
            if before is not None and fresh is not None:
                before.close()
        self.ready.set()

    def _brought_up(self) -> Clusters | None:
        try:
            from corpora.clusters import Clusters  # noqa: PLC0415 - it and what it needs are an extra

            return Clusters.up_to_date(self._collection)
        except (ImportError, PackageNotFoundError) as error:
            logger.info("articles are shown without their stories: %s", error)
        except ArchiveError as error:
            logger.warning("articles are shown without their stories: %s", error)
        return None


def install(app: Flask, stories: Stories | None) -> None:
    app.config["STORIES"] = stories


def story_of(address: str) -> Story | None:
    """The story of an article, where this room knows of stories."""
    found: Stories | None = current_app.config["STORIES"]
    return found.of(address) if found is not None else None

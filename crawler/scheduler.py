"""Hands out what the ledger says is to do. Nothing about requests in flight is stored anywhere."""

from __future__ import annotations

import time
from collections import Counter, deque
from typing import Self

from scrapy import Spider
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler
from scrapy.http import Request

from archives.capture import CaptureRef
from archives.catalogue import UrlRow
from archives.states import Kind
from crawler.reading import is_there
from crawler.run import Run, run_of
from crawler.web_archives import read_copy
from extractors.portals import all_portals

AT_ONCE = 8
"""URLs of a host that are fetched from the ledger in one look-up, those under way aside. Whatever is found
begins a new look-up, since it may be more urgent; so most of a large window would be read in vain.
"""


class LedgerScheduler(BaseScheduler):
    """A window on the catalogue's `urls` table: host after host, the most urgent URL first.

    Redirects and retries belong to a URL that is being dealt with; they wait in memory and, should the
    process die, begin again with that URL.
    """

    def __init__(self, run: Run, crawler: Crawler) -> None:
        self._run = run
        self._crawler = crawler
        self._per_host = crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        if crawler.settings.getfloat("KLIPING_PACE") > 0:
            self._per_host = min(self._per_host, 2)  # more would only wait for their turn
        self._only_run = run.run_id if run.plan.by_name or run.plan.archive else None
        self._continued: deque[Request] = deque()
        self._window: dict[str, deque[UrlRow]] = {}
        self._filled_at: dict[str, int] = {}
        archive = run.plan.archive
        hosts = archive.hosts if archive else (place.host.name for place in run.plan.places)
        self._hosts: deque[str] = deque(dict.fromkeys(hosts))
        self._requisite_hosts = 0
        self._empty_since: dict[str, int] = {}
        self._busy: dict[int, str] = {}
        self._busy_hosts: Counter[str] = Counter()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(run_of(crawler), crawler)

    def open(self, spider: Spider) -> None:
        """Nothing to prepare: the ledger is open as long as the run."""

    def has_pending_requests(self) -> bool:
        if not self._run.ready:
            return False  # the spider's start() keeps the engine waiting; should it fail, the crawl ends
        self._ask_new_hosts()
        waiting = any(self._refill(host) for host in self._hosts if not self._run.manners.has_left(host))
        if waiting and self._run.allowance.leave_work():
            waiting = False  # at a limit of the run; it stays to do in the ledger
        return bool(self._continued) or waiting

    def enqueue_request(self, request: Request) -> bool:
        """Only continuations come this way: new URLs go through the ledger."""
        if "url_id" not in request.meta:
            return False
        self._continued.append(request)
        return True

    def next_request(self) -> Request | None:
        if self._run.alarm.raised or not self._run.ready:
            return None
        if self._continued:
            return self._continued.popleft()
        if self._run.allowance.spent:
            return None
        self._ask_new_hosts()
        for _ in range(len(self._hosts)):
            host = self._hosts[0]
            self._hosts.rotate(-1)
            if self._may_ask(host) and (row := self._next_row(host)) is not None:
                return self._hand_out(row)
        return None

    def _may_ask(self, host: str) -> bool:
        """A host that rests gets nothing new; what it has refused waits for the end of the rest by itself."""
        manners = self._run.manners
        busy = self._busy_hosts[host] >= self._per_host
        return not (busy or manners.has_left(host) or manners.rests(host, time.monotonic()))

    def _ask_new_hosts(self) -> None:
        """Pictures stand on hosts that nobody has named; they take their turn with the others."""
        if self._run.plan.archive is not None:
            return  # a web archive is asked, and nobody else
        found = self._run.desk.requisite_hosts
        if len(found) != self._requisite_hosts:
            self._requisite_hosts = len(found)
            self._hosts.extend(host for host in found if host not in self._hosts)

    def release(self, url_id: int, *, again: bool = False) -> None:
        """A URL has got its final state; more urgent ones of its host may have come up with it. Or it has got
        none and is to do `again`.
        """
        self._run.allowance.release(url_id)
        host = self._busy.pop(url_id, None)
        if host is not None:
            self._busy_hosts[host] -= 1
            if again or self._filled_at.get(host) != self._run.desk.progress.known:
                self._window.pop(host, None)
        if host is not None and again:
            self._empty_since.pop(host, None)

    def _next_row(self, host: str) -> UrlRow | None:
        window = self._window.get(host) or self._refill(host)
        return window.popleft() if window else None

    def _refill(self, host: str) -> deque[UrlRow]:
        """The host's window; a host that had nothing is looked at again when new URLs have been found."""
        window = self._window.get(host)
        known = self._run.desk.progress.known
        if window or self._empty_since.get(host) == known:
            return window or deque()
        rows = self._run.catalogue.todo(host, AT_ONCE + self._busy_hosts[host], run_id=self._only_run)
        window = self._window[host] = deque(row for row in rows if row.url_id not in self._busy)
        self._filled_at[host] = known
        if not window:
            self._empty_since[host] = known
        return window

    def _hand_out(self, row: UrlRow) -> Request:
        self._run.allowance.begin(row.url_id)
        self._busy[row.url_id] = row.host
        self._busy_hosts[row.host] += 1
        spider = self._crawler.spider
        assert spider is not None
        url, seen = wire_url(row), self._run.catalogue.last_answer(row.url_id)
        if seen is not None and not is_there(self._run.collection.archive, seen):
            seen = None  # a 304 would confirm what nobody can read any more
        meta: dict[str, object] = {"url_id": row.url_id, "row": row, "seen": seen}
        if row.kind is Kind.MEMENTO:  # a redirect there leads to another capture, or to the live portal
            meta |= {"seen": None, "dont_redirect": True}
        return Request(
            url,
            callback=spider.answered,  # type: ignore[attr-defined]
            errback=spider.unanswered,  # type: ignore[attr-defined]
            headers=byte_range(row) if row.kind is Kind.MEMENTO else conditions(url, seen),
            meta=meta,
        )


def wire_url(row: UrlRow) -> str:
    """The address that is asked for: an article's own, or the one that gives all its pages at once."""
    if row.kind is Kind.MEMENTO:
        return read_copy(row.url).url
    return all_portals()[row.portal].first_url(row.url) if row.kind is Kind.ARTICLE else row.url


def byte_range(row: UrlRow) -> dict[str, str]:
    """The header that asks for one record of a WARC file (RFC 9110, 14.2); none for a replayed capture."""
    wanted = read_copy(row.url).byte_range
    # A content encoding over a range would be one of the range, and not of the file (RFC 9110, 14.1.2).
    return {"Range": wanted, "Accept-Encoding": "identity"} if wanted else {}


def conditions(url: str, seen: CaptureRef | None) -> dict[str, str]:
    """The headers that make a request conditional (RFC 9110, 13.1.2 and 13.1.3).

    An answer that came after redirects belongs to another address, and its validators are not this one's.
    """
    if seen is None or seen.url != url:
        return {}
    fields = {"If-None-Match": seen.etag, "If-Modified-Since": seen.last_modified}
    return {name: value for name, value in fields.items() if value}

"""robots.txt after RFC 9309: what a host forbids is left alone, and a host whose rules cannot be read, too.

Scrapy's own middleware crawls on when robots.txt answers 500 or not at all, and never reads it again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Self
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from archives.keeper import Kept
from archives.moments import to_w3c
from crawler.failures import TOO_MANY_REDIRECTS, HostRestsError, reason_for_failure
from crawler.limits_of_run import RunEndedError
from crawler.messages import header_pairs, is_for_requisite
from crawler.robots import AGAIN, MOST_REDIRECTS, Copies, Policy, policy_of
from crawler.run import run_of
from extractors.robots_txt import MAX_BYTES
from extractors.signals import as_plain, robots_signals

logger = logging.getLogger(__name__)


class RobotsMiddleware:
    """Asks each host for its robots.txt before anything else, and again in a long run; all is archived."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._crawler = crawler
        self._agent = str(crawler.settings["ROBOTSTXT_USER_AGENT"]).lower()
        self._copies = Copies(crawler.settings.getfloat("KLIPING_ROBOTS_REFRESH"))
        self._readings: dict[str, asyncio.Task[None]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let pass what may be fetched.

        Raises:
            HostRestsError: the rules of a host asked for are not known: the host rests, or is left alone.
            HostClosedError: those of another host, or of a private address.
            IgnoreRequest: the rules forbid the address.
        """
        if request.meta.get("robots"):
            return
        parts = urlparse_cached(request)
        root = f"{parts.scheme}://{parts.netloc}"
        if self._copies.is_due(root, time.monotonic()):
            await asyncio.shield(self._reading(root, is_for_requisite(request)))
        policy = self._copies.in_force(root, time.monotonic())
        if policy.may_pass and parts.hostname in run_of(self._crawler).plan.asked:
            raise HostRestsError(policy.fault)  # pictures of other hosts are not worth waiting for
        if self._is_service(request):
            policy = replace(policy, rules=None)
        policy.check(request.url, self._agent)

    def _is_service(self, request: Request) -> bool:
        """A web archive's index and copies are made for programs, and the operator has named them; Disallow
        lines of an archive keep crawlers from following links through its pages (docs/web-archives.md).
        """
        archive = run_of(self._crawler).plan.archive
        named = () if archive is None else (*archive.indexes, archive.copies)
        return request.url.startswith(named)

    def _reading(self, root: str, requisite: bool) -> asyncio.Task[None]:
        """The reading that is under way, or a new one."""
        task = self._readings.get(root)
        if task is None:
            task = self._readings[root] = asyncio.ensure_future(self._read(root, requisite))
            task.add_done_callback(lambda _task: self._readings.pop(root, None))
        return task

    async def _read(self, root: str, requisite: bool) -> None:
        meta = {
            "robots": True,
            "requisite": requisite,
            "most_bytes": MAX_BYTES,
            "redirect_ttl": MOST_REDIRECTS,
            "dont_retry": not requisite,  # it is asked for again when the host has rested
        }
        request = Request(f"{root}/robots.txt", callback=NO_CALLBACK, meta=meta)
        assert self._crawler.engine is not None
        try:
            policy, said = self._judge(root, await self._crawler.engine.download_async(request))
        except RunEndedError:
            raise  # nobody knows what the rules are; whoever waits for them stays to do
        except Exception as error:  # noqa: BLE001 - whatever happened, the rules are not known
            fault = reason_for_failure(error)[1]
            lost = fault == TOO_MANY_REDIRECTS  # RFC 9309, 2.3.1.2: as if there were none
            policy, said = Policy() if lost else Policy(fault=fault), {"fault": fault}
        self._learn(root, policy, said)

    def _judge(self, root: str, response: Response) -> tuple[Policy, dict[str, object]]:
        """What an answer means, and what the run's metadata record says of it."""
        assert response.request is not None
        kept: Kept = response.request.meta["kept"]
        policy = policy_of(kept.ref, header_pairs(response), response.body, self._agent)
        said: dict[str, object] = {
            "status": response.status,
            "fault": policy.fault,
            "warcRecordId": kept.ref.record_id,
            "fetchedAt": to_w3c(kept.ref.fetched_at),
        }
        signals = as_plain(robots_signals(policy.text, f"{root}/"))
        return policy, said if signals is None else {**said, "usageInfo": signals}

    def _learn(self, root: str, policy: Policy, said: Mapping[str, object]) -> None:
        """Let it count, and write it down for the run's metadata record."""
        run, host, now = run_of(self._crawler), urlsplit(root).hostname or "", time.monotonic()
        asked_for = host in run.plan.asked
        counts = self._copies.learn(root, policy, now, again=0.0 if asked_for else AGAIN)
        if counts is not policy:
            said = {**run.robots[root], "notReadAnew": policy.fault}
        run.robots[root] = said
        why = f"http {said['status']}" if policy.fault and "status" in said else policy.fault
        if policy.fault is not None:
            logger.warning("%s/robots.txt cannot be read: %s", root, why)
        if counts.fault is None:
            delay = counts.rules.crawl_delay(self._agent) if counts.rules is not None else None
            run.manners.asked_to_wait(host, delay)
        elif counts.may_pass and asked_for:
            run.manners.closed(host, f"its robots.txt cannot be read ({why})", now)

"""robots.txt after RFC 9309: what a host forbids is left alone, and a host whose rules cannot be read, too.

Scrapy's own middleware crawls on when robots.txt answers 500 or not at all, and never reads it again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Self

from protego import Protego
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from archives.bodies import decode_body
from archives.capture import CaptureRef
from archives.keeper import Kept
from archives.moments import to_w3c
from crawler.failures import UNREADABLE_ROBOTS, HostClosedError, reason_for_failure
from crawler.messages import header_pairs, is_for_requisite
from crawler.run import run_of

MAX_BYTES = 512 << 10
"""Bytes of robots.txt that are read; RFC 9309, 2.5 asks for 500 KiB at least."""
FRESH_SECONDS = 24 * 3600
"""RFC 9309, 2.4: a copy is not used for longer than a day."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Policy:
    """What a host's robots.txt means for us; without `rules` and without a `fault` all is allowed.

    `fault` says in the ledger's words why the rules are not known: then nothing is allowed.
    """

    rules: Protego | None = None
    fault: str | None = None

    def check(self, url: str, agent: str) -> None:
        """Let pass what may be fetched.

        Raises:
            HostClosedError: the rules are not known.
            IgnoreRequest: the rules forbid the address.
        """
        if self.fault is not None:
            raise HostClosedError(self.fault)
        if self.rules is not None and not self.rules.can_fetch(url, agent):
            raise IgnoreRequest("forbidden by robots.txt")


def policy_of(response: Response) -> Policy:
    """What an answer to /robots.txt means (RFC 9309, 2.3.1): 4xx frees the host, 5xx closes it."""
    if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR or response.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Policy(fault=UNREADABLE_ROBOTS)
    if response.status >= HTTPStatus.MULTIPLE_CHOICES:
        return Policy()
    decoded = decode_body(header_pairs(response), response.body, MAX_BYTES)
    if "dataloss" in response.flags or (decoded.note and len(decoded.content) < MAX_BYTES):
        return Policy(fault=UNREADABLE_ROBOTS)  # the rule that closes an address may be in the lost half
    return Policy(rules=Protego.parse(decoded.content.decode("utf-8", "replace")))


class RobotsMiddleware:
    """Asks each host for its robots.txt before anything else, once a day, through the archive."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._crawler = crawler
        self._agent = str(crawler.settings["ROBOTSTXT_USER_AGENT"])
        self._known: dict[str, tuple[float, asyncio.Task[Policy]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("robots"):
            return
        parts = urlparse_cached(request)
        policy = await self._policy(f"{parts.scheme}://{parts.netloc}", is_for_requisite(request))
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

    async def _policy(self, root: str, requisite: bool) -> Policy:
        since, task = self._known.get(root, (0.0, None))
        if task is None or time.monotonic() - since > FRESH_SECONDS:
            task = asyncio.ensure_future(self._read(root, requisite))
            self._known[root] = (time.monotonic(), task)
        return await asyncio.shield(task)

    async def _read(self, root: str, requisite: bool) -> Policy:
        meta = {"robots": True, "requisite": requisite}
        request = Request(f"{root}/robots.txt", callback=NO_CALLBACK, meta=meta)
        assert self._crawler.engine is not None
        try:
            response = await self._crawler.engine.download_async(request)
            policy = policy_of(response)
            self._heed(response, policy)
            self._note(root, response, policy)
            return policy
        except Exception as error:  # noqa: BLE001 - whatever happened, the rules are not known
            logger.warning("%s/robots.txt cannot be read (%s); nothing is fetched there", root, error)
            return Policy(fault=reason_for_failure(error)[1])

    def _heed(self, response: Response, policy: Policy) -> None:
        if policy.rules is not None:
            host = urlparse_cached(response).hostname or ""
            run_of(self._crawler).manners.asked_to_wait(host, policy.rules.crawl_delay(self._agent))

    def _note(self, root: str, response: Response, policy: Policy) -> None:
        """For the run's metadata record: what was taken for the host's robots.txt, and where it is kept."""
        kept: Kept | None = response.request.meta.get("kept") if response.request is not None else None
        run_of(self._crawler).robots[root] = {
            "status": response.status,
            "fault": policy.fault,
            **(
                {"warcRecordId": kept.ref.record_id, "fetchedAt": to_w3c(kept.ref.fetched_at)} if kept else {}
            ),
        }


def _source(ref: CaptureRef) -> dict[str, str]:
    return {"warcRecordId": ref.record_id, "fetchedAt": to_w3c(ref.fetched_at)}

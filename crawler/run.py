"""One run of a crawl: collection, keeper, workers and desk, opened and closed together."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from urllib.parse import quote

from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from archives.catalogue import Catalogue
from archives.cdxj import update as update_index
from archives.collection import Collection
from archives.errors import ArchiveError, DamageError
from archives.fresh_lines import FreshLines
from archives.keeper import Keeper, Note
from archives.moments import to_w3c
from archives.recovery import recover
from archives.removing import finish as finish_removals
from archives.rereading import reading_begun_in
from archives.warc import CONFORMS_TO, NORMALISED, WarcSettings, WarcWriter
from crawler.ages import read_ages
from crawler.archive_desk import ArchiveDesk
from crawler.arguments import Plan, Recheck, Requisites
from crawler.asked_urls import Account, AskedUrls
from crawler.desk import Scope
from crawler.errors import WrongUsageError
from crawler.exitcodes import ExitCode
from crawler.fold import fold
from crawler.handshakes import Handshakes
from crawler.limits_of_run import Allowance, limits_of
from crawler.politeness import Habits, Manners, require_contact, sender, user_agent
from crawler.signals import signals_interrupt
from crawler.tally import Row as StateCount
from crawler.tally import Tally
from crawler.version import SOFTWARE
from crawler.web_archives import web_archive_of
from crawler.workers import WorkerPool

RUN_URN = "urn:kliping:run:"
"""Before a collection's name and a run's number: the target of the run's metadata record."""

logger = logging.getLogger(__name__)


class Alarm:
    """Raised once by the keeper's thread when the archive could not be written; the crawl must stop."""

    def __init__(self) -> None:
        self._raised = Event()
        self._stop: Callable[[], None] | None = None

    def on_raise(self, stop: Callable[[], None]) -> None:
        """What to do when it is raised; done at once if it has been already."""
        self._stop = stop
        if self.raised:
            stop()

    def sound(self) -> None:
        self._raised.set()
        if self._stop is not None:
            self._stop()

    @property
    def raised(self) -> bool:
        return self._raised.is_set()


@dataclass(slots=True)
class Run:
    """Everything that lives as long as the run. `ready` once it may hand out URLs of the ledger."""

    run_id: int
    plan: Plan
    collection: Collection
    catalogue: Catalogue
    keeper: Keeper
    pool: WorkerPool
    desk: ArchiveDesk
    stack: ExitStack
    alarm: Alarm
    lines: FreshLines | None = None
    allowance: Allowance = field(default_factory=Allowance)
    manners: Manners = field(default_factory=Manners)
    handshakes: Handshakes = field(default_factory=Handshakes)
    last_run: datetime | None = None
    begun_in: int = 0
    """The run in which the reading began that this one goes on with, where it was interrupted."""
    ready: bool = False
    fetched: int = 0
    """Answers of the network that are archived, those to robots.txt and further tries included."""
    close_reason: str | None = None
    """Why the spider was closed, in Scrapy's words; None while it runs, and when it was torn down."""
    exit_code: ExitCode | None = None
    asked: AskedUrls | None = None
    """What a list asks for, where the crawl was given one."""
    account: Account | None = None
    result: Tally | None = None
    states: Sequence[StateCount] = ()
    begun: tuple[int, int] = (0, 0)
    """At the end: what became of the URLs that it touched; articles, and further versions, that it began."""
    described: Mapping[str, object] = field(default_factory=dict)
    """What the run was asked for and how it was set, for its metadata record."""
    robots: dict[str, Mapping[str, object]] = field(default_factory=dict)
    """For each host asked, what was taken for its robots.txt, and the record that holds it."""

    def tally(self) -> Tally:
        """What became of everything that this run touched."""
        return Tally.of(self.catalogue, self.run_id, self.collection.root)

    @property
    def blocked(self) -> frozenset[str]:
        """The hosts asked for that were left alone; hosts of pictures are none of them."""
        return self.plan.asked & self.manners.left.keys()

    def finish(self) -> ExitCode:
        """Close everything and say how it went. Calling it again changes nothing."""
        if self.exit_code is None:
            self.pool.close()
            self._describe()
            failure = self.keeper.close() or self._fold()
            self.result = tally = self.tally()
            self.states = self.catalogue.states(self.run_id)
            self.begun = self.catalogue.begun_versions(self.run_id)
            self._account()
            self.exit_code = self._code(tally, failure)
            if failure is None:
                self._note_end(tally)
                self._index()
                self._report()
                self._make_searchable()
            self.stack.close()
        return self.exit_code

    def _account(self) -> None:
        """What became of the list; a file that cannot be written is no reason to call a run failed."""
        if self.asked is None:
            return
        try:
            report = self.collection.reports / f"run-{self.run_id}-not-had.jsonl"
            self.account = self.asked.account(self.catalogue, report)
        except ArchiveError as error:
            logger.error("%s", error)  # noqa: TRY400 - the message says it all

    def _fold(self) -> ArchiveError | None:
        """Put in order what came from a web archive. A run that was stopped leaves that to the next one."""
        if self.plan.archive is None or self.close_reason in {None, "shutdown"}:
            return None
        try:
            with signals_interrupt():
                fold(self.collection, self.run_id, workers=self.pool.size, seconds=self.pool.seconds)
        except ArchiveError as error:
            return error
        except KeyboardInterrupt:
            logger.warning("stopped while versions were put in order; the next such run does it")
            self.close_reason = "shutdown"
        return None

    def _describe(self) -> None:
        """The run's own metadata record: settings, figures and the robots.txt answers that were in force."""
        said = {
            "run": self.run_id,
            "collection": self.collection.name,
            "software": SOFTWARE,
            "ended": to_w3c(datetime.now(UTC)),
            "closeReason": self.close_reason or "interrupted",
            "stoppedBy": self.allowance.stopped,
            **self.described,
            "robots": self.robots,
            "leftAlone": dict(self.manners.left),
            **({"urlsFile": self.asked.as_plain()} if self.asked is not None else {}),
        }

        def block(catalogue: Catalogue) -> bytes:
            figures = Tally.of(catalogue, self.run_id, self.collection.root).as_plain()
            return (json.dumps({**said, "figures": figures}, indent=2, ensure_ascii=False) + "\n").encode()

        try:
            note = Note(
                target=f"{RUN_URN}{quote(self.collection.name)}:{self.run_id}",
                block=self.keeper.do(block).result(),
                content_type="application/json",
            )
            self.keeper.file(note, lambda _catalogue, _place: None).result()
        except ArchiveError as error:
            logger.debug("the run's metadata record is not written: %s", error)  # the alarm is raised already

    def _code(self, tally: Tally, failure: ArchiveError | None) -> ExitCode:
        if failure is not None:
            logger.error("%s", failure)
            return ExitCode.DAMAGE if isinstance(failure, DamageError) else ExitCode.NOT_ARCHIVED
        if self.close_reason in {None, "shutdown"}:
            return ExitCode.INTERRUPTED
        if self.close_reason != "finished":
            return ExitCode.FAILURE
        if self.blocked:
            return ExitCode.BLOCKED
        code = tally.exit_code  # what an earlier run left to do, and this one did not come to, is not in it
        return ExitCode.GAPS if self.allowance.stopped and code is ExitCode.COMPLETE else code

    def _index(self) -> None:
        """Merge the run's WARC files into the index. A run that was stopped leaves that to the next one.

        The index is derived from what is archived, so it is no reason to call a run failed.
        """
        if self.exit_code is ExitCode.INTERRUPTED:
            return
        try:
            indexed = update_index(self.collection, written=self.lines)
        except ArchiveError as error:
            logger.error("%s", error)  # noqa: TRY400 - the message says it all
            return
        for name, gap in indexed.damage:
            logger.error("archive/%s at %d: %s; run `kliping verify`", name, gap.offset, gap.fault)

    def _report(self) -> None:
        """Leave `reports/run-N.html`. It is made of what is kept, so nothing about it fails a run; whoever
        has stopped the run does not wait for it to count.
        """
        interrupted = self.exit_code is ExitCode.INTERRUPTED
        try:
            from reading_room.report import write_run_report  # noqa: PLC0415 - nothing before a run's end needs it

            with signals_interrupt():
                write_run_report(self.collection, self.run_id, interrupted=interrupted)
        except KeyboardInterrupt:
            logger.warning("the report of this run is not written: told to stop; `kliping report` makes one")
        except Exception as error:
            logger.warning("the report of this run is not written: %s; `kliping report` makes one", error)
            logger.debug("the report ended with an error", exc_info=True)

    def _make_searchable(self) -> None:
        """Bring the reading room's search up to date, for a moment: what is left the room does by itself.

        Nothing of it is archived, so nothing that goes wrong here is a reason to call a run failed.
        """
        if self.exit_code is ExitCode.INTERRUPTED:
            return
        from reading_room.index_file import BusyError, bring_up_to_date  # noqa: PLC0415 - as above

        try:
            with signals_interrupt():
                bring_up_to_date(self.collection, seconds=_SEARCH_SECONDS)
        except BusyError:
            pass  # a reading room is at it
        except KeyboardInterrupt:
            logger.info("stopped while the search index was brought up to date; the reading room does it")
        except Exception:  # it reads sidecars of the whole collection, and a run ends well without it
            logger.warning("the search index is not up to date; the reading room tries again", exc_info=True)

    def _note_end(self, tally: Tally) -> None:
        catalogue = Catalogue(self.collection.catalogue)
        with catalogue.transaction():
            catalogue.end_run(
                self.run_id,
                exit_code=self.exit_code or 0,
                figures={**tally.as_plain(), "hosts": self.manners.as_plain()},
                now=datetime.now(UTC),
            )
        catalogue.close()


_LINGER = 0.01
"""Seconds that the keeper waits for company: nothing beside the pace at which portals are asked."""
_SEARCH_SECONDS = 20.0
"""What a run may spend at its end so that its articles are found; that is some 10,000 articles."""
_LEAST: dict[str, float] = {
    "KLIPING_PACE": 0.0,
    "KLIPING_NETWORK_PACE": 0.0,
    "KLIPING_FIRST_REST": 0.0,
    "KLIPING_MAX_REST": 0.0,
    "KLIPING_MAX_WALLS": 1.0,
    "KLIPING_MAX_FAILURES": 1.0,
    "KLIPING_MAX_CRAWL_DELAY": 0.0,
    "KLIPING_ROBOTS_REFRESH": 1.0,
    "KLIPING_LATENCY_FACTOR": 0.0,
    "KLIPING_WORKERS": 1.0,
    "KLIPING_PAGE_SECONDS": 0.001,
    "KLIPING_WARC_BYTES": 1.0,
    "KLIPING_CAPTURES": 1.0,
}


_WHOLE = {
    "KLIPING_WORKERS",
    "KLIPING_WARC_BYTES",
    "KLIPING_MAX_WALLS",
    "KLIPING_MAX_FAILURES",
    "KLIPING_CAPTURES",
}
_MOST = 1e15


def check_settings(settings: BaseSettings) -> None:
    """Refuse numbers and ages that are none, before anything is made.

    Raises:
        WrongUsageError: the message names the setting and what it takes.
    """
    for name, least in _LEAST.items():
        value = settings.get(name)
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = -1.0
        whole = name not in _WHOLE or number.is_integer()
        if not (least <= number < _MOST and whole):
            kind = "a whole number" if name in _WHOLE else "a number"
            raise WrongUsageError(f"{name}={value!r} is not possible; it takes {kind} of at least {least:g}")
    read_ages(settings.get("KLIPING_RECHECK"))


def manners_of(settings: BaseSettings) -> Manners:
    """How a run with these settings treats hosts."""
    return Manners(
        Habits(
            pace=settings.getfloat("KLIPING_PACE"),
            network_pace=settings.getfloat("KLIPING_NETWORK_PACE"),
            first_rest=settings.getfloat("KLIPING_FIRST_REST"),
            max_rest=settings.getfloat("KLIPING_MAX_REST"),
            max_walls=settings.getint("KLIPING_MAX_WALLS"),
            max_failures=settings.getint("KLIPING_MAX_FAILURES"),
            max_crawl_delay=settings.getfloat("KLIPING_MAX_CRAWL_DELAY"),
            latency_factor=settings.getfloat("KLIPING_LATENCY_FACTOR"),
        )
    )


def run_of(crawler: Crawler) -> Run:
    """The run that a crawler's spider belongs to."""
    run = getattr(crawler.spider, "run", None)
    assert isinstance(run, Run)
    return run


def is_ending(crawler: Crawler) -> bool:
    """Whether the run was told to stop, by a signal or because nothing can be archived any more."""
    return run_of(crawler).alarm.raised or not crawler.engine.running


def open_run(plan: Plan, *, spider: str, arguments: Mapping[str, str], settings: BaseSettings) -> Run:
    """Take the collection, mend what an earlier run left, and get ready to fetch.

    Raises:
        WrongUsageError: a contact is needed.
        CollectionBusyError: another run holds the collection.
        WriteError: the folder cannot be written.
        CollectionError: the folder is no collection of this format.
    """
    check_settings(settings)
    allowance = Allowance(limits_of(settings))
    contact = str(settings.get("KLIPING_CONTACT") or "")
    names = [place.host.name for place in plan.places]
    plan = replace(plan, archive=web_archive_of(plan.source, settings, names))
    require_contact(contact, plan.archive.hosts if plan.archive else names)
    collection = Collection(Path(str(settings["KLIPING_COLLECTION"])))
    now = datetime.now(UTC)
    operator = str(settings.get("KLIPING_OPERATOR") or "") or None
    collection.create(operator=operator, contact=contact or None, software=SOFTWARE, now=now)
    with ExitStack() as stack:
        lock = collection.lock()
        stack.callback(lock.release)
        run_id = _begin(collection, spider, arguments, now)
        catalogue = Catalogue(collection.catalogue, read_only=True)
        stack.callback(catalogue.close)
        last_run = catalogue.last_run(spider, arguments)
        begun_in = run_id
        if plan.recheck is Recheck.ALL:
            begun_in = reading_begun_in(catalogue, run_id, spider, arguments)
        lines = FreshLines(collection.root)
        stack.callback(lines.close)
        writer = WarcWriter(
            collection,
            WarcSettings(
                info=_warcinfo(run_id, settings, contact, operator),
                max_bytes=settings.getint("KLIPING_WARC_BYTES"),
            ),
            lines,
        )
        alarm = Alarm()
        keeper = Keeper(
            lambda: Catalogue(collection.catalogue),
            writer,
            run_id=run_id,
            on_failure=lambda _error: alarm.sound(),
            linger=_LINGER,
        )
        asked = AskedUrls(plan.urls_file, plan.wanted) if plan.urls_file is not None else None
        if asked is not None:
            stack.callback(asked.close)
        pool = WorkerPool(settings.getint("KLIPING_WORKERS"), settings.getfloat("KLIPING_PAGE_SECONDS"))
        scope = _scope(plan, begun_in)
        desk = ArchiveDesk(collection, keeper, pool, run_id=run_id, scope=scope, plan=plan)
        return Run(
            run_id=run_id,
            plan=plan,
            collection=collection,
            catalogue=catalogue,
            keeper=keeper,
            pool=pool,
            desk=desk,
            stack=stack.pop_all(),
            alarm=alarm,
            lines=lines,
            allowance=allowance,
            asked=asked,
            last_run=last_run,
            begun_in=begun_in,
            described={
                "portal": spider,
                "arguments": dict(arguments),
                "started": to_w3c(now),
                "settings": {name: settings.get(name) for name in _DESCRIBED},
                **_archive_asked(plan),
            },
        )


_DESCRIBED = (
    "KLIPING_PACE",
    "KLIPING_NETWORK_PACE",
    "KLIPING_FIRST_REST",
    "KLIPING_MAX_REST",
    "KLIPING_MAX_WALLS",
    "KLIPING_MAX_FAILURES",
    "KLIPING_MAX_CRAWL_DELAY",
    "KLIPING_ROBOTS_REFRESH",
    "KLIPING_LATENCY_FACTOR",
    "KLIPING_RECHECK",
    "KLIPING_WORKERS",
    "KLIPING_PAGE_SECONDS",
    "KLIPING_WARC_BYTES",
    "KLIPING_MAX_RUNTIME",
    "KLIPING_MAX_REQUESTS",
    "USER_AGENT",
    "ROBOTSTXT_OBEY",
    "DOWNLOAD_TIMEOUT",
    "DOWNLOAD_MAXSIZE",
    "REDIRECT_MAX_TIMES",
    "RETRY_TIMES",
    "CONCURRENT_REQUESTS",
)
"""Settings that shaped what was captured; contact and operator stand in warcinfo."""


def _archive_asked(plan: Plan) -> dict[str, object]:
    """For the run's description: figures are taken before captures are put among the versions."""
    if plan.archive is None:
        return {}
    return {
        "webArchive": {
            "source": plan.archive.source,
            "indexes": plan.archive.indexes,
            "copies": plan.archive.copies,
            "capturesOfAPage": plan.archive.most,
        },
        "figuresOf": "the fetching; the versions were put in order afterwards",
    }


def _begin(collection: Collection, spider: str, arguments: Mapping[str, str], now: datetime) -> int:
    """Mend, then write down that a run begins."""
    catalogue = Catalogue(collection.catalogue)
    try:
        with catalogue.transaction():
            run_id = catalogue.begin_run(portal=spider, arguments=arguments, software=SOFTWARE, now=now)
        for repair in recover(collection, catalogue, run_id=run_id):
            logger.warning("%s: %s", repair.file, repair.action)
        for one in finish_removals(collection, now=now):
            logger.warning("%s: its removal was finished", one.url)
        with catalogue.transaction():
            catalogue.retry_faults()
    finally:
        catalogue.close()
    return run_id


def _scope(plan: Plan, begun_in: int) -> Scope:
    return Scope(
        portals=frozenset(place.portal.name for place in plan.places),
        hosts=frozenset(place.host.name for place in plan.places),
        recheck=plan.recheck,
        begun_in=begun_in,
        requisites=Requisites.NONE if plan.archive else plan.requisites,
        patient=not (plan.by_name or plan.days),
    )


def _warcinfo(run_id: int, settings: BaseSettings, contact: str, operator: str | None) -> dict[str, str]:
    """What the files say about themselves (ISO 28500, 6.2; names from the IIPC guidelines)."""
    fields = {
        "software": SOFTWARE,
        "format": "WARC File Format 1.1",
        "conformsTo": CONFORMS_TO,
        "robots": "classic" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
        "http-header-user-agent": user_agent(contact),
        "operator": operator or "",
        "http-header-from": sender(contact) or "",
        "description": f"normalised: {NORMALISED}",
        "kliping-run": str(run_id),
        "kliping-settings": json.dumps(
            {
                name: settings.get(name)
                for name in ("KLIPING_PACE", "KLIPING_NETWORK_PACE", "DOWNLOAD_MAXSIZE")
            }
        ),
    }
    return {name: value for name, value in fields.items() if value}

"""The table: from the figures of all contestants to what was aimed at, and whether it was met."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType

from rich.console import Console
from rich.table import Table

from tests.benchmarks import offline, others, ours, remembering
from tests.benchmarks.bench import Bench, Figures

EXPERIMENTS: Mapping[str, Callable[[Bench], Figures]] = MappingProxyType(
    {
        "kliping": ours.full,
        "again": ours.again,
        "again-all": ours.again_all,
        "warc-size": offline.warc_size,
        "verify": offline.verify,
        "reextract": offline.reextract,
        "start": offline.start,
        "archived": ours.archived,
        "wget": others.wget,
        "wget-as-sent": others.wget_as_sent,
        "curl": others.curl,
        "floor": others.floor,
        "warcprox": others.warcprox,
        "scrapy-plain": others.plain_scrapy,
        "scrapy-archiving": others.archiving_scrapy,
        "trafilatura": others.trafilatura,
        "news-please": others.news_please,
        "ledger": remembering.ledger,
    }
)
"""In the order in which they are run: what reads the first crawl's collection follows it."""
LONG = "kliping-long"
"""The figures of `kliping` over a portal of many times the size."""
ROWS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "archive": ("archived", "wget"),
        "crawl": ("kliping", "wget", "scrapy-archiving"),
        "memory": ("kliping",),
        "size": ("warc-size",),
        "reextract": ("reextract",),
        "verify": ("verify",),
        "start": ("start",),
        "again": ("kliping", "again", "again-all"),
        "ledger": ("ledger",),
        "peers": ("floor", "curl", "wget-as-sent", "warcprox", "scrapy-plain", "trafilatura", "news-please"),
    }
)
"""The experiments that a row of the table is made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table. The ratio is ours to the peer's; the limit, an upper one unless `at_least`, is
    one of the ratio where there is a peer, else of what was measured. Without a limit it only informs.
    """

    row: str
    what: str
    measured: float
    unit: str
    peer: str = ""
    peer_measured: float | None = None
    limit: float | None = None
    at_least: bool = False

    @property
    def ratio(self) -> float | None:
        return self.measured / self.peer_measured if self.peer_measured else None

    @property
    def judged(self) -> float:
        return self.measured if self.ratio is None else self.ratio

    @property
    def verdict(self) -> str:
        if self.limit is None:
            return ""
        met = self.judged >= self.limit if self.at_least else self.judged <= self.limit
        return "met" if met else "missed"

    @property
    def target(self) -> str:
        if self.limit is None:
            return ""
        unit = "" if self.ratio is not None else f" {self.unit}"
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}{unit}"

    def as_plain(self) -> dict[str, object]:
        return asdict(self) | {"ratio": self.ratio, "verdict": self.verdict}


_PER_PAGES = "CPU s"
_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "wget": "wget -r --warc-file",
        "scrapy-archiving": "Scrapy + warcio + trafilatura",
        "floor": "the floor: no framework, no ledger",
        "curl": "curl --compressed: fetching alone",
        "wget-as-sent": "wget -r --warc-file --compression=auto",
        "warcprox": "warcprox, the proxy alone",
        "scrapy-plain": "Scrapy's defaults, a title, nothing kept",
        "trafilatura": "trafilatura's command line: extraction alone",
        "news-please": "news-please: extraction alone",
    }
)


def lines(results: Mapping[str, Figures]) -> list[Line]:
    """What can be told from the figures there are."""
    return [line for part in _PARTS for line in part(results)]


def _archive(found: Mapping[str, Figures]) -> Iterator[Line]:
    if "archived" in found:
        yield _against("archive", "crawl + archive", found, "archived", "wget", 0.4)


def _crawl(found: Mapping[str, Figures]) -> Iterator[Line]:
    if "kliping" not in found:
        return
    what = "crawl + archive + extraction + indexes"
    yield Line(row="crawl", what=what, measured=found["kliping"]["cpu"], unit=_PER_PAGES, limit=10)
    yield _against("crawl", what, found, "kliping", "wget", 0.7)
    yield _against("crawl", what, found, "kliping", "scrapy-archiving", 0.12)


def _against(
    row: str, what: str, found: Mapping[str, Figures], name: str, peer: str, limit: float | None = None
) -> Line:
    """A peer that is not there gives a line without it, and so without a verdict."""
    label, measured = _LABELS[peer], found[name]["cpu"]
    if peer not in found:
        return Line(row=row, what=what, measured=measured, unit=_PER_PAGES, peer=f"{label}: no figures")
    return Line(
        row=row, what=what, measured=measured, unit=_PER_PAGES,
        peer=label, peer_measured=found[peer]["cpu"], limit=limit,
    )  # fmt: skip


def _memory(found: Mapping[str, Figures]) -> Iterator[Line]:
    for name in ("kliping", LONG):
        if name in found:
            pages, peak = found[name]["pages"], found[name]["peak_mb"]
            what = f"peak memory, all processes, {pages:,.0f} pages"
            yield Line(row="memory", what=what, measured=peak, unit="MB", limit=250)
    if {"kliping", LONG} <= set(found):
        short, long = (found[name]["peak_mb"] for name in ("kliping", LONG))
        what, peer = "peak memory, the larger portal", "the smaller one"
        yield Line(
            row="memory", what=what, measured=long, unit="MB", peer=peer, peer_measured=short, limit=1.1
        )


def _size(found: Mapping[str, Figures]) -> Iterator[Line]:
    if figures := found.get("warc-size"):
        yield Line(
            row="size", what="WARC files", measured=figures["ours_mb"], unit="MB",
            peer="gzip -9 of each record", peer_measured=figures["gzip9_mb"], limit=1.03,
        )  # fmt: skip


def _offline(found: Mapping[str, Figures]) -> Iterator[Line]:
    if figures := found.get("reextract"):
        rate = figures["pages_per_s"]
        yield Line(row="reextract", what="reextract", measured=rate, unit="pages/s", limit=200, at_least=True)
        rate = figures["pages"] / figures["cpu_total"]
        yield Line(row="reextract", what="reextract, for each CPU second", measured=rate, unit="pages")
    if figures := found.get("verify"):
        rate = figures["mb_per_s"]
        yield Line(row="verify", what="verify", measured=rate, unit="MB/s", limit=150, at_least=True)
        rate = figures["mb_per_cpu_s"]
        yield Line(row="verify", what="verify, for each CPU second", measured=rate, unit="MB")
    if figures := found.get("start"):
        for name, command, limit in (("help", "--help", 0.3), ("offline", "status", 0.6)):
            what, cpu, wall = f"kliping {command}", figures[f"{name}_cpu"], figures[f"{name}_wall"]
            yield Line(row="start", what=f"{what}, CPU", measured=cpu, unit="s", limit=limit)
            yield Line(row="start", what=f"{what}, by the clock", measured=wall, unit="s")


def _again(found: Mapping[str, Figures]) -> Iterator[Line]:
    """A moment later some forty lists are due. What that costs is starting and the reports at the end, so CPU
    per request is judged where all articles are due.
    """
    names = {"again": "second crawl", "again-all": "second crawl, all articles due"}
    for name, what in names.items():
        if figures := found.get(name):
            asked = figures["asked"] / max(1, figures["due"])
            yield Line(row="again", what=f"{what}: requests for each due", measured=asked, unit="", limit=1)
    if figures := found.get("again"):
        what = f"second crawl, {figures['requests']:,.0f} requests: CPU of the whole run"
        yield Line(row="again", what=what, measured=figures["cpu_total"], unit="s")
    if {"kliping", "again-all"} <= set(found):
        first, second = _per_request(found["kliping"]), _per_request(found["again-all"])
        yield Line(
            row="again", what=f"{names['again-all']}: CPU per request", measured=second, unit="ms",
            peer="first crawl", peer_measured=first, limit=0.5,
        )  # fmt: skip


def _per_request(figures: Figures) -> float:
    return 1000 * figures["cpu_total"] / max(1, figures["requests"])


def _ledger(found: Mapping[str, Figures]) -> Iterator[Line]:
    if figures := found.get("ledger"):
        size = f"{figures['known']:,.0f} URLs known"
        yield Line(row="ledger", what=f"look-up, {size}", measured=figures["look_up_us"], unit="µs", limit=50)
        yield Line(
            row="ledger", what=f"next request, {size}", measured=figures["next_us"], unit="µs", limit=200
        )
        above = figures["above_empty_mb"]
        yield Line(row="ledger", what=f"memory above empty, {size}", measured=above, unit="MB", limit=60)
        yield Line(
            row="ledger", what="commit, with 20 links and fsync", measured=figures["commit_ms"], unit="ms"
        )


def _peers(found: Mapping[str, Figures]) -> Iterator[Line]:
    """Ours beside those that do the same in part: crawling beside crawlers, everything beside extractors."""
    for name in ROWS["peers"]:
        alone = name in {"trafilatura", "news-please"}
        what, ours_name = ("the whole crawl", "kliping") if alone else ("crawl + archive", "archived")
        if name in found and ours_name in found:
            yield _against("peers", what, found, ours_name, name)
        elif name in found:
            yield Line(row="peers", what=_LABELS[name], measured=found[name]["cpu"], unit=_PER_PAGES)


_PARTS = (_archive, _crawl, _memory, _size, _offline, _again, _ledger, _peers)


def show(told: list[Line], left_out: Mapping[str, str], console: Console) -> None:
    """The table, and below it what is not in it."""
    title = "CPU s: user + system of all processes per 1,000 pages"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for name in ("what", "measured", "peer", "ratio", "target", "verdict"):
        table.add_column(name, justify="right" if name in {"measured", "ratio"} else "left")
    for line in told:
        peer = line.peer if line.peer_measured is None else f"{line.peer} {_number(line.peer_measured)}"
        ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
        style = {"missed": "bold red", "met": "green"}.get(line.verdict)
        measured = f"{_number(line.measured)} {line.unit}".strip()
        table.add_row(line.what, measured, peer, ratio, line.target, line.verdict, style=style)
    console.print(table)
    for name, reason in left_out.items():
        console.print(f"left out: {name}: {reason}", soft_wrap=True, markup=False)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"

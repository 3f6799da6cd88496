"""Scrapinghub's article-extraction benchmark, scored as its authors do, with trafilatura beside us.

The pages are not part of the project: `KLIPING_BENCHMARK_DIR` names a folder with `ground-truth.json` and
`html/ID.html.gz`. Score: https://github.com/scrapinghub/article-extraction-benchmark, `evaluate.py`.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from statistics import fmean

from lxml.html import HtmlElement

from extractors.article import Verdict
from extractors.page import parse
from tests.quality.figures import Failure, Figure, Reader

NAME = "portals without rules: article-extraction benchmark"
OURS = "kliping F1"
MARGIN = "above trafilatura's best mode"
TARGETS: Mapping[str, float] = {OURS: 0.965, MARGIN: 0}
MODES: Mapping[str, Mapping[str, bool]] = {
    "default": {},
    "favor_precision": {"favor_precision": True},
    "favor_recall": {"favor_recall": True},
    "fast": {"fast": True},
}
_CAPTURED = datetime(2019, 12, 1, tzinfo=UTC)
_WORD = re.compile(r"\w+")
_SHINGLE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One page of the benchmark and its article's text."""

    name: str
    url: str
    markup: bytes
    text: str


def samples(folder: Path) -> Iterator[Sample]:
    told = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    for name, truth in sorted(told.items()):
        markup = gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes())
        yield Sample(name=name, url=truth["url"], markup=markup, text=truth["articleBody"])


def cases(folder: Path) -> dict[str, str]:
    """A digest of each page and its truth."""
    return {
        sample.name: sha256(sample.markup + sample.text.encode()).hexdigest()[:16]
        for sample in samples(folder)
    }


@dataclass(frozen=True, slots=True)
class Score:
    """Shingles of one page: found, wrongly given, missed; as shares of their sum."""

    found: float
    extra: float
    missed: float

    @property
    def precision(self) -> float:
        return self._share(self.extra)

    @property
    def recall(self) -> float:
        return self._share(self.missed)

    def _share(self, wrong: float) -> float:
        if self.extra == self.missed == 0:
            return 1.0
        return self.found / (self.found + wrong) if self.found or wrong else 0.0


def score(truth: str, prediction: str) -> Score:
    """The authors' comparison: shingles of four words, counted."""
    expected, got = _shingles(truth), _shingles(prediction)
    found, extra, missed = (
        (expected & got).total(),
        (got - expected).total(),
        (expected - got).total(),
    )
    whole = found + extra + missed
    return Score(found / whole, extra / whole, missed / whole) if whole else Score(0, 0, 0)


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    starts = range(max(1, len(words) - _SHINGLE + 1))
    return Counter(shingle for start in starts if (shingle := tuple(words[start : start + _SHINGLE])))


def f1(scores: list[Score]) -> float:
    """F1 of the mean precision and the mean recall; pages without a prediction have no precision."""
    precision = fmean(each.precision for each in scores if each.found + each.extra > 0)
    recall = fmean(each.recall for each in scores if each.found + each.missed > 0)
    return 2 * precision * recall / (precision + recall)


def measure(read: Reader, folder: Path) -> tuple[Figure, ...]:
    """Our figure, trafilatura's on the same pages, and by how much we are above its best."""
    pages = list(samples(folder))
    ours = [score(page.text, _read(read, page)) for page in pages]
    peers = {f"trafilatura {name}": _measure_peer(pages, name) for name in MODES}
    failures = sorted(
        (
            (each.precision + each.recall, Failure(case=page.url, expected="1.00 / 1.00", got=_shown(each)))
            for page, each in zip(pages, ours, strict=True)
            if each.extra or each.missed
        ),
        key=lambda pair: pair[0],
    )
    figures = [
        Figure(name=OURS, value=f1(ours), cases=len(pages), failures=tuple(each for _, each in failures)),
        Figure(name=MARGIN, value=f1(ours) - max(peers.values()), cases=len(pages)),
    ]
    others = (Figure(name=name, value=value, cases=len(pages), peer=True) for name, value in peers.items())
    return (*figures, *others)


def _read(read: Reader, page: Sample) -> str:
    parts = read(page.markup, url=page.url, captured_at=_CAPTURED).parts
    return "\n".join(part.text for part in parts)


def _shown(each: Score) -> str:
    return f"precision {each.precision:.2f}, recall {each.recall:.2f}"


def _measure_peer(pages: list[Sample], mode: str) -> float:
    from trafilatura import bare_extraction

    return f1([score(page.text, _peer_text(page, bare_extraction, MODES[mode])) for page in pages])


def _peer_text(page: Sample, extract: Callable[..., object], options: Mapping[str, bool]) -> str:
    """The text that trafilatura finds in the tree that we parsed: the same decoding for both."""
    parsed = parse(page.markup, url=page.url, captured_at=_CAPTURED)
    tree: HtmlElement | bytes = page.markup if isinstance(parsed, Verdict) else parsed.tree
    document = extract(tree, url=page.url, include_comments=False, with_metadata=False, **options)
    return getattr(document, "text", None) or ""

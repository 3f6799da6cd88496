"""A run's figures for Prometheus, as a file that node_exporter's textfile collector reads.

https://github.com/prometheus/docs: content/docs/instrumenting/exposition_formats.md (text format 0.0.4)
"""

from __future__ import annotations

import logging
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from archives.durable import replacing
from archives.errors import WriteError
from archives.states import Kind, State
from crawler.errors import WrongUsageError
from crawler.exitcodes import ExitCode

SUCCEEDED = frozenset({ExitCode.COMPLETE, ExitCode.GAPS})
"""The run came to its end; gaps are in the ledger, and the next runs try to close them."""
_LAST_SUCCESS = "kliping_last_success_timestamp_seconds"
_MODE = 0o644
"""Readable for node_exporter, which runs as somebody else, whatever the umask."""
_LARGEST = 1 << 20

logger = logging.getLogger(__name__)

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What is told of a run; `urls` counts those that it touched, `failed` those that failed by reason."""

    exit_code: ExitCode
    started: datetime
    ended: datetime
    requests: int = 0
    captures: int = 0
    bytes: int = 0
    articles_new: int = 0
    versions_new: int = 0
    urls: Counter[tuple[Kind, State]] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    hosts_left_alone: int = 0


@dataclass(frozen=True, slots=True)
class MetricsFile:
    """Where the figures of one portal's runs into one collection go."""

    path: Path
    portal: str
    collection: str

    @classmethod
    def checked(cls, path: Path, *, portal: str, collection: str) -> MetricsFile:
        """The same, refused before a run of hours finds that it cannot write its figures.

        Raises:
            WrongUsageError: no file can be written there.
        """
        if path.is_dir():
            raise WrongUsageError(f"--metrics: {path} is a folder; name a file in it, like {path / _EXAMPLE}")
        if not path.parent.is_dir():
            raise WrongUsageError(f"--metrics: there is no folder {path.parent}; make it, or name another")
        if not os.access(path.parent, os.W_OK | os.X_OK):
            raise WrongUsageError(f"--metrics: the folder {path.parent} cannot be written; name another")
        return cls(path, portal, collection)

    def write(self, figures: Figures) -> None:
        """Put the figures in the place of the last run's. That they cannot be written is only told."""
        labels = {"portal": self.portal, "collection": self.collection}
        text = render(figures, labels, last_success=self._last_success(figures, labels))
        try:
            with replacing(self.path) as out:
                os.fchmod(out.fileno(), _MODE)
                out.write(text.encode())
        except WriteError as error:
            logger.error("--metrics: %s", error)  # noqa: TRY400 - the message says it all

    def _last_success(self, figures: Figures, labels: Labels) -> float | None:
        if figures.exit_code in SUCCEEDED:
            return figures.ended.timestamp()
        try:
            with self.path.open("rb") as old:
                text = old.read(_LARGEST).decode("utf-8", "replace")
        except OSError:
            return None
        return read_value(text, _LAST_SUCCESS, labels)


_EXAMPLE = "kliping.prom"


def read_value(text: str, name: str, labels: Labels) -> float | None:
    """A value of a file that we have written; None where it is not there or is no number."""
    found = re.search(rf"^{re.escape(_series(name, labels))} ([0-9][0-9.e+]*)$", text, re.MULTILINE)
    try:
        return float(found.group(1)) if found else None
    except ValueError:
        return None


def render(figures: Figures, labels: Labels, *, last_success: float | None) -> str:
    """The file's text."""
    return "".join(_lines(figures, labels, last_success))


def _lines(figures: Figures, labels: Labels, last_success: float | None) -> Iterator[str]:
    values: dict[str, float] = {
        "kliping_run_exit_code": int(figures.exit_code),
        "kliping_run_started_timestamp_seconds": figures.started.timestamp(),
        "kliping_run_ended_timestamp_seconds": figures.ended.timestamp(),
        "kliping_run_duration_seconds": max(0.0, (figures.ended - figures.started).total_seconds()),
        "kliping_run_requests": figures.requests,
        "kliping_run_captures": figures.captures,
        "kliping_run_bytes": figures.bytes,
        "kliping_run_articles_new": figures.articles_new,
        "kliping_run_versions_new": figures.versions_new,
        "kliping_run_hosts_left_alone": figures.hosts_left_alone,
    }
    for name, value in values.items():
        yield from _family(name, [(labels, value)])
    yield from _family(
        "kliping_run_urls",
        [
            ({**labels, "kind": kind.value, "state": state.value}, figures.urls[kind, state])
            for kind in Kind
            for state in State
        ],
    )
    yield from _family(
        "kliping_run_failed",
        [({**labels, "reason": reason}, count) for reason, count in sorted(figures.failed.items())],
    )
    yield from _family(_LAST_SUCCESS, [] if last_success is None else [(labels, last_success)])


def _family(name: str, samples: Iterable[tuple[Labels, float]]) -> Iterator[str]:
    """HELP and TYPE stand there also without a sample: other collections' files say the same."""
    yield f"# HELP {name} {_HELP[name]}\n# TYPE {name} gauge\n"
    for labels, value in samples:
        yield f"{_series(name, labels)} {_number(value)}\n"


def _series(name: str, labels: Labels) -> str:
    pairs = (f'{label}="{_escape(value)}"' for label, value in labels.items())
    return f"{name}{{{','.join(pairs)}}}"


def _escape(value: str) -> str:
    """A label's value; what no text file may hold (a surrogate) is replaced."""
    plain = value.encode("utf-8", "replace").decode()
    return plain.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else f"{value:.3f}"


_HELP = {
    "kliping_run_exit_code": "Exit code of the last run: 0 complete, 3 gaps, 4 blocked, 5 disk, 6 busy.",
    "kliping_run_started_timestamp_seconds": "When the last run began, in seconds since 1970.",
    "kliping_run_ended_timestamp_seconds": "When the last run ended, in seconds since 1970.",
    "kliping_run_duration_seconds": "How long the last run took.",
    "kliping_run_requests": "Requests that the last run sent, robots.txt, redirects and retries included.",
    "kliping_run_captures": "Answers that the last run archived.",
    "kliping_run_bytes": "Bytes of the WARC records that the last run archived.",
    "kliping_run_articles_new": "Articles that the last run kept for the first time.",
    "kliping_run_versions_new": "Changed articles of which the last run kept another version.",
    "kliping_run_hosts_left_alone": "Hosts that the last run left alone because they did not want it.",
    "kliping_run_urls": "URLs that the last run touched, by what they are and what became of them.",
    "kliping_run_failed": "URLs that failed in the last run, by reason.",
    _LAST_SUCCESS: "When a run last came to its end (exit code 0 or 3), in seconds since 1970.",
}

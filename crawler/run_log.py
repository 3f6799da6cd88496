"""What a run had to say, in a file of its own: a failure that nobody watched can be looked at later."""

from __future__ import annotations

import logging
import re
import time
from collections import deque
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

from archives.durable import make_folder

KEPT = 100
"""Runs whose logs are kept; those of earlier ones are removed when a run begins."""
MOST_BYTES = 8 << 20
"""Size of a log at which it begins anew; the piece before stays beside it, so that a run has twice that."""
_TROUBLES = 20
_NAME = re.compile(r"run-(\d+)\.log(?:\.1)?")

logger = logging.getLogger(__name__)


class RunLog(logging.Handler):
    """Keeps lines until the run has its folder and its number, from then on in `run-N.log`.

    `troubles` are the last warnings, for people who see nothing else. A log that cannot be written ends no
    crawl: nothing is promised of it, and the archive says for itself that the disk is full.
    """

    def __init__(self, level: int = logging.INFO) -> None:
        super().__init__(level)
        self.troubles: deque[str] = deque(maxlen=_TROUBLES)
        self.file: Path | None = None
        self._early: list[logging.LogRecord] = []
        self._out: logging.Handler | None = None
        self.setFormatter(_formatter())
        logging.root.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno == logging.WARNING:  # errors are seen anyway
            self.troubles.append(record.getMessage())
        if self._out is not None:
            self._out.handle(record)
        elif self.file is None:
            self._early.append(record)

    def open(self, folder: Path, run_id: int) -> None:
        """From here on into the run's file, what was said before at its head."""
        self.file = folder / f"run-{run_id}.log"
        try:
            make_folder(folder)
            self._out = _SilentFile(
                self.file, maxBytes=MOST_BYTES, backupCount=1, encoding="utf-8", errors="backslashreplace"
            )
            _remove_old(folder)
        except OSError as error:
            self.file = None
            logger.warning("%s: no log can be written there (%s)", folder, error.strerror or error)
            return
        self._out.setFormatter(self.formatter)
        for record in self._early:
            self._out.handle(record)
        self._early.clear()

    def end(self) -> None:
        """Nothing is heard any more."""
        logging.root.removeHandler(self)
        if self._out is not None:
            self._out.close()
            self._out = None
        self._early.clear()


class _SilentFile(RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """A traceback for each line on a full disk helps nobody."""

    def close(self) -> None:
        """What a full disk did not take while the lines came, it does not take now."""
        with suppress(OSError):
            super().close()


def _formatter() -> logging.Formatter:
    formatter = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = time.gmtime
    return formatter


def _remove_old(folder: Path) -> None:
    """Leave the newest runs' logs, and what is not ours."""
    found = sorted(
        (int(match.group(1)), path) for path in folder.iterdir() if (match := _NAME.fullmatch(path.name))
    )
    kept = set(sorted({number for number, _ in found})[-KEPT:])
    for number, path in found:
        if number not in kept:
            path.unlink(missing_ok=True)

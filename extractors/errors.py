"""Errors of extraction.

    ExtractionError
    └── UnknownHostError    a host that no portal has; the message names the closest right ones

Extraction itself never raises on a page: what is wrong with bytes is a `Verdict`, not an exception.
"""

from __future__ import annotations


class ExtractionError(Exception):
    """Base of everything that this package raises on purpose."""


class UnknownHostError(ExtractionError, ValueError):
    """A host was asked for that the portal does not have."""

    def __init__(self, word: str, portal: str, closest: tuple[str, ...]) -> None:
        self.word, self.portal, self.closest = word, portal, closest
        hint = (
            f"did you mean {' or '.join(closest)}?" if closest else "`kliping portals` lists the right ones."
        )
        super().__init__(f"portal {portal} has no host {word!r}; {hint}")

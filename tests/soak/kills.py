"""The real crawl of the demo portal, killed at random instants and started again until it ends."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.end_to_end.commands import Ended, kliping, sidecar_bytes, sidecars, start, without_provenance

_LONGEST = 12.0
"""Seconds after its start within which a crawl is killed, if it has not ended."""
_IN_A_ROW = 5
"""Kills of one collection before it may come to its end."""


@dataclass(slots=True)
class Soak:
    """What came of it."""

    kills: int = 0
    ended: int = 0
    """Crawls that came to their end before they were to be killed."""
    articles_at_kill: list[int] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)

    def as_plain(self) -> dict[str, object]:
        return {
            "kills": self.kills,
            "endedBefore": self.ended,
            "articlesAtKill": sorted(self.articles_at_kill),
            "trouble": self.trouble,
        }


def soak(
    folder: Path, undisturbed: Path, times: int, dice: Random, told: Callable[[Soak], None] = lambda _: None
) -> Soak:
    """Kill crawls of one collection after another, some times each; every one must end as if undisturbed."""
    result, number = Soak(), 0
    while result.kills < times:
        number += 1
        collection = folder / f"soak-{number}"
        for _ in range(min(_IN_A_ROW, times - result.kills)):
            if not _killed(collection, dice.uniform(0.5, _LONGEST), result):
                break
        again = kliping("crawl", "demo", collection=collection)
        result.trouble += [f"{collection.name}: {line}" for line in _broken(collection, undisturbed, again)]
        told(result)
    return result


def _killed(collection: Path, seconds: float, result: Soak) -> bool:
    """Whether the crawl was still at work at that instant."""
    crawl = start("crawl", "demo", collection=collection)
    with contextlib.suppress(subprocess.TimeoutExpired):
        crawl.communicate(timeout=seconds)
        result.ended += 1
        return False
    crawl.kill()
    crawl.communicate()
    result.kills += 1
    result.articles_at_kill.append(len(sidecar_bytes(collection)))
    return True


def _broken(collection: Path, undisturbed: Path, again: Ended) -> list[str]:
    """What is not as in an undisturbed collection, after the start that came to its end."""
    found = [] if again.code == 0 else [f"exit code {again.code}: {again.err[-500:]}"]
    verified = kliping("verify", collection=collection)
    if verified.code != 0 or "warning" in verified.out:
        found.append(f"verify: {verified.out[-500:]}")
    ours, theirs = (
        {url: without_provenance(item) for url, item in sidecars(one).items()}
        for one in (collection, undisturbed)
    )
    if ours != theirs:
        found.append(f"other articles: {sorted(ours.keys() ^ theirs.keys()) or 'of other content'}")
    if len(sidecar_bytes(collection)) != len(theirs):
        found.append("an article is there twice")
    return found

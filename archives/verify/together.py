"""What was read of a collection, held against each other: files, catalogue, tombstones, index.

A module of its own, with what stands on the catalogue and on writing WARC files: the processes that only
read load none of it.
"""

from __future__ import annotations

from archives.collection import Collection
from archives.verify import index, ledger, links, removed, sidecars
from archives.verify.facts import FactBase
from archives.verify.findings import Verification
from archives.verify.strangers import leftovers, strangers


def hold(collection: Collection, facts: FactBase, result: Verification) -> None:
    """Ask all questions, once everything is read."""
    removals = removed.tombstones(collection, result.add)
    removed.hide(facts, removals)
    ledger.check(collection, facts, removals, result.add, result.warn)
    removed.check(collection, facts, removals, result.add, result.warn)
    for finding in links.broken(facts):
        result.add(finding)
    for finding in links.loose(facts):
        result.warn(finding)
    for finding in sidecars.pointers(facts):
        result.add(finding)
    if collection.index.is_file():
        index.check(collection, facts, result.add, result.warn)
    for finding in strangers(collection):
        result.add(finding)
    for finding in leftovers(collection):
        result.warn(finding)

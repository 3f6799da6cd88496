"""After the fetching: what came from web archives is put among the versions that the collection has.

A capture may be older than all that is kept, so the articles' versions are made again from all their
captures, in order of date, by the same second reading that takes in other tools' files. So a live run and
`reextract` cannot differ here: they are one.
"""

from __future__ import annotations

import logging
from contextlib import closing

from archives import recovered
from archives.catalogue import Catalogue
from archives.collection import Collection
from crawler.reprocess import Job, Outcome, reextract

logger = logging.getLogger(__name__)


def fold(collection: Collection, run_id: int, *, workers: int, seconds: float) -> Outcome | None:
    """Put the articles in order that captures wait for, then say in the ledger what they have filled.

    The caller holds the collection's lock, and its WARC files are closed. A crash in between is mended by
    the next such run, which does the same again. None where nothing waited.

    Raises:
        DamageError: a WARC file of the collection cannot be read.
        WriteError: a sidecar or the catalogue cannot be written.
    """
    with closing(Catalogue(collection.catalogue)) as catalogue:
        touched, outcome = recovered.touched(catalogue), None
        if touched:
            logger.info("%d articles from a web archive are put in order by date", len(touched))
            outcome = reextract(
                Job(
                    collection=collection,
                    workers=workers,
                    seconds=seconds,
                    dry_run=False,
                    touched=touched,
                    run_id=run_id,
                )
            )
        with catalogue.transaction():
            recovered.settle(catalogue, run_id)
            recovered.note_missing(catalogue, run_id)
    return outcome

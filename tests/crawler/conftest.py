from __future__ import annotations

from collections.abc import Iterator

import pytest

from crawler.workers import WorkerPool


@pytest.fixture(scope="session")
def readers() -> Iterator[WorkerPool]:
    """The processes that read pages, shared by all desks."""
    pool = WorkerPool(2, 30)
    yield pool
    pool.close()

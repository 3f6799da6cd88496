from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.commands import Ended, kliping


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ended]:
    """The collection that `kliping demo` makes, and what the command said. Tests only look at it."""
    collection = tmp_path_factory.mktemp("demo") / "collection"
    return collection, kliping("demo", collection=collection)

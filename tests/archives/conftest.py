from __future__ import annotations

from pathlib import Path

import pytest

from archives.collection import Collection
from tests.archives import shelf


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    """An empty collection by the name of `warta`."""
    return shelf.make_collection(tmp_path / "warta")

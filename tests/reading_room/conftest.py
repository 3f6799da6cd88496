from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from reading_room.app import make_app
from tests.archives import shelf
from tests.archives.shelf import Shelf

Room = Callable[..., FlaskClient]


@pytest.fixture
def filled(tmp_path: Path) -> Shelf:
    """A closed collection of three articles."""
    return shelf.fill(tmp_path / "warta")


@pytest.fixture
def reader(filled: Shelf) -> FlaskClient:
    """A reader of that collection, who asks under the name localhost."""
    return make_app(filled.collection).test_client()

"""What tests need of the system. CI sets KLIPING_TOOLS=required, and there a thing missing is a failure."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(told: str) -> NoReturn:
    """Skip the test, with the words that say what to install; or fail it where nothing may be missing."""
    if os.environ.get("KLIPING_TOOLS") == "required":
        pytest.fail(told)
    pytest.skip(told)

"""How property tests choose their examples: the same each time, or, when asked, new ones for long.

KLIPING_PROPERTIES=long python -m pytest tests/extractors/test_properties.py
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("long", max_examples=20_000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("KLIPING_PROPERTIES", "same"))
LONG = settings.get_profile("long").max_examples if os.environ.get("KLIPING_PROPERTIES") == "long" else 0


def examples(count: int) -> int:
    """`count` examples, or many in a long run."""
    return LONG or count

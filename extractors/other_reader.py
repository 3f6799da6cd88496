"""trafilatura, loaded by who first needs it: most pages and most runs do without.

It takes a fifth of a second and 10 MB. Where py3langid is installed, as it is for corpora, trafilatura would
load that and NumPy with it, which is as much again, to tell a text's language; nobody here asks it for that.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from lxml.html import HtmlElement


def bare_extraction(tree: HtmlElement, **options: object) -> object:
    """One page as trafilatura reads it, by its function of the same name; None if it finds no text."""
    return _loaded()(tree, **options)


@cache
def _loaded() -> Callable[..., object]:
    with _missing("py3langid"):
        from trafilatura import bare_extraction as reader  # noqa: PLC0415 - see above

    return reader


@contextmanager
def _missing(module: str) -> Iterator[None]:
    """Importing that module fails meanwhile, as if it were not installed; nothing if it is loaded already.

    That holds for all threads of the process: pages are read by processes that have one.
    """
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]  # the import system's way to say so
    try:
        yield
    finally:
        sys.modules.pop(module, None)

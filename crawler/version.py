"""The program's version and name, as they stand in WARC files, user agents and the catalogue."""

from __future__ import annotations

from importlib.metadata import version

VERSION = version("kliping")
SOFTWARE = f"Kliping/{VERSION}"

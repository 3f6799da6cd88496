"""Runs the project's commands as people do: in a process of their own, on a collection of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

SECONDS = 120
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has come to its end."""

    code: int
    out: str
    err: str


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The process's environment without anybody's proxy, and with this checkout first on the path."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return kept | {"PYTHONPATH": str(ROOT), "COLUMNS": "100"} | dict(extra or {})


def start(
    *words: str, collection: Path, env: Mapping[str, str] | None = None, log: str = "WARNING"
) -> subprocess.Popen[str]:
    """Start `kliping WORDS` on a collection."""
    return subprocess.Popen(
        [sys.executable, "-m", "crawler.cli", *words, "--collection", str(collection), "-L", log],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=collection.parent,
        env=environment(env),
    )


def kliping(
    *words: str, collection: Path, env: Mapping[str, str] | None = None, log: str = "WARNING"
) -> Ended:
    """Run `kliping WORDS` on a collection to its end."""
    return ended(start(*words, collection=collection, env=env, log=log))


def ended(process: subprocess.Popen[str]) -> Ended:
    """Wait for a started command."""
    try:
        out, err = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"did not end within {SECONDS} s\n{out}\n{err}") from None
    return Ended(process.returncode, out, err)


def sidecars(collection: Path) -> dict[str, dict[str, object]]:
    """Every sidecar of a collection, by the article's address."""
    records = (json.loads(path.read_bytes()) for path in (collection / "articles").rglob("*.json"))
    return {record["url"]: record for record in records}


def sidecar_bytes(collection: Path) -> dict[str, bytes]:
    """Every sidecar's bytes, by its path below the collection."""
    files = (collection / "articles").rglob("*.json")
    return {path.relative_to(collection).as_posix(): path.read_bytes() for path in files}


def without_provenance(record: Mapping[str, object]) -> dict[str, object]:
    """What a sidecar says of the article, without where and when it was archived."""
    return {name: value for name, value in record.items() if name != "archive"}


@dataclass(frozen=True, slots=True)
class Seen:
    """A record as warcio reads it."""

    type: str
    url: str
    fields: dict[str, str] = field(repr=False)
    status: str | None
    body: bytes = field(repr=False)


def records(collection: Path) -> list[Seen]:
    """Every record of a collection in order."""
    found = []
    for path in sorted((collection / "archive").glob("*.warc.gz")):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, check_digests="raise"):
                fields = dict(record.rec_headers.headers)
                http = record.http_headers
                status = (
                    http.get_statuscode() if http and record.rec_type in {"response", "revisit"} else None
                )
                url = fields.get("WARC-Target-URI", "")
                found.append(Seen(record.rec_type, url, fields, status, record.raw_stream.read()))
    return found

"""What needs no network: the size of the archive, reading it again, and how long commands take to start."""

from __future__ import annotations

import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median

from tests.benchmarks.bench import Bench, Figures, kliping, quiet, size_of
from tests.benchmarks.ours import crawled

ROUNDS = 7
_GZIP = 16 + zlib.MAX_WBITS
_PIECE = 1 << 20


def members(path: Path) -> Iterator[tuple[bytes, int]]:
    """The records of a WARC file: each gzip member inflated, and how long it is in the file."""
    with path.open("rb") as file:
        rest = file.read(_PIECE)
        while rest:
            inflate, record, length = zlib.decompressobj(_GZIP), [], 0
            while not inflate.eof:
                record.append(inflate.decompress(rest))
                length += len(rest) - len(inflate.unused_data)
                rest = inflate.unused_data
                if not rest and not (rest := file.read(_PIECE)):
                    break
            yield b"".join(record), length


def warc_size(bench: Bench) -> Figures:
    """Each record of a crawl compressed anew by itself with zlib's level 9."""
    ours = best = records = 0
    for path in sorted((crawled(bench) / "archive").glob("*.warc.gz")):
        for record, length in members(path):
            packer = zlib.compressobj(9, zlib.DEFLATED, _GZIP)
            best += len(packer.compress(record)) + len(packer.flush())
            ours, records = ours + length, records + 1
    return {"ours_mb": ours / 1e6, "gzip9_mb": best / 1e6, "ratio": ours / best, "records": records}


def verify(bench: Bench) -> Figures:
    """The whole of `verify` over the crawl's collection."""
    collection = crawled(bench)
    figures = bench.run("verify", kliping("verify", "--collection", str(collection)), pages=bench.pages)
    size = size_of(collection / "archive") / 1e6
    return figures | {
        "mb": size,
        "mb_per_s": size / figures["wall_total"],
        "mb_per_cpu_s": size / figures["cpu_total"],
    }


def reextract(bench: Bench) -> Figures:
    """The whole of `reextract` over the crawl's collection."""
    command = kliping("reextract", "--collection", str(crawled(bench)))
    figures = bench.run("reextract", command, pages=bench.pages)
    return figures | {"pages_per_s": bench.pages / figures["wall_total"]}


def start(bench: Bench) -> Figures:
    """How long the shortest commands take: the help, and one that looks into a collection."""
    collection = str(crawled(bench))
    program = str(Path(sys.executable).with_name("kliping"))
    return {
        **_medians(bench, "help", [program, "--help"]),
        **_medians(bench, "offline", [program, "status", "--collection", collection]),
        **_medians(bench, "python", [sys.executable, "-c", ""]),
    }


def _medians(bench: Bench, name: str, command: list[str]) -> Figures:
    walls, cpus = [], []
    for _ in range(1 if bench.is_a_try else ROUNDS):
        begin, used = time.perf_counter(), _children()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=quiet())
        walls.append(time.perf_counter() - begin)
        cpus.append(_children() - used)
    return {f"{name}_wall": median(walls), f"{name}_cpu": median(cpus)}


def _children() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

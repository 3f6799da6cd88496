"""Records are the same whoever deflates them."""

from __future__ import annotations

import gzip
import random
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from archives import deflate, warc
from tests.archives.shelf import capture, fastwarc_records, make_collection, warcio_records, write

TEXT = b"Warga Desa Rekaan menanam bakau di tepi muara. " * 800
NOISE = gzip.compress(random.Random(1).randbytes(35_000), 1)


@pytest.mark.parametrize("make", [deflate.hasty, deflate.plain_hasty, deflate.thorough])
@pytest.mark.parametrize("data", [b"", b"x", TEXT, NOISE], ids=["nothing", "a byte", "text", "compressed"])
def test_what_is_deflated_inflates_to_itself(make: Callable[[], deflate.Compressor], data: bytes) -> None:
    packing = make()
    packed = b"".join(packing.compress(piece) for piece in (data[:7], data[7:])) + packing.flush()
    assert zlib.decompressobj(-15).decompress(packed) == data


@pytest.mark.parametrize("make", [deflate.hasty, deflate.plain_hasty])
def test_what_is_compressed_grows_by_less_than_one_in_a_hundred(
    make: Callable[[], deflate.Compressor],
) -> None:
    packing = make()
    assert len(packing.compress(NOISE) + packing.flush()) < len(NOISE) * 1.01


def test_the_checksum_is_that_of_gzip() -> None:
    assert deflate.crc32(TEXT, deflate.crc32(NOISE, 0)) == zlib.crc32(NOISE + TEXT)


def test_records_written_without_isal_read_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = []
    for name in ("fast", "plain"):
        if name == "plain":
            monkeypatch.setattr(warc, "hasty", deflate.plain_hasty)
            monkeypatch.setattr(warc, "crc32", zlib.crc32)
        collection = make_collection(tmp_path / name)
        ref, _ = write(collection, capture(body=NOISE), capture(body=TEXT, headers=()))
        told.append(warcio_records(collection.archive / ref.warc_file)[1:])  # warcinfo names the file
        assert len(fastwarc_records(collection.archive / ref.warc_file)) == 5
    assert told[0] == told[1]
    assert [kind for kind, _ in told[0]] == ["response", "request"] * 2


def test_without_isal_zlib_does_it() -> None:
    code = (
        "import sys; sys.modules['isal'] = None\n"
        "from archives import deflate; import zlib\n"
        "assert not deflate.HAS_ISAL and deflate.hasty is deflate.plain_hasty and deflate.crc32 is zlib.crc32"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])

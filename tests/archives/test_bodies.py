"""Bodies, whatever a server or another crawler did to them."""

from __future__ import annotations

import random
import time
import tracemalloc
import zlib

import brotli
import pytest
from backports import zstd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archives.bodies import Decoded, decode_body
from archives.capture import Headers
from tests.archives.shelf import gzipped

TEXT = b"<p>Warga Pesisir menanam bakau di pantai.</p>" * 200
GZIP = ((b"Content-Encoding", b"gzip"),)
DEFLATE = ((b"content-encoding", b"Deflate"),)
CHUNKED = ((b"Transfer-Encoding", b"chunked"),)
BROTLI = ((b"Content-Encoding", b"br"),)
ZSTD = ((b"Content-Encoding", b"zstd"),)


def raw_deflate(content: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(content) + engine.flush()


def chunk(content: bytes, extension: bytes = b"") -> bytes:
    return b"%X%b\r\n%b\r\n" % (len(content), extension, content)


# --- bodies -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ((), TEXT),
        (((b"Content-Encoding", b"identity"),), TEXT),
        (GZIP, gzipped(TEXT)),
        (((b"content-encoding", b" X-GZIP "),), gzipped(TEXT)),
        (GZIP, gzipped(TEXT[:1000]) + gzipped(TEXT[1000:])),
        (GZIP, gzipped(TEXT) + b"\0\0\r\n"),
        (DEFLATE, zlib.compress(TEXT)),
        (DEFLATE, raw_deflate(TEXT)),
        (CHUNKED, chunk(TEXT[:1024]) + chunk(TEXT[1024:], b";name=value") + b"0\r\n\r\n"),
        ((*CHUNKED, *GZIP), chunk(gzipped(TEXT)) + b"0\r\nTrailer: x\r\n\r\n"),
        (((b"Transfer-Encoding", b"gzip, chunked"),), chunk(gzipped(TEXT)) + b"0\r\n\r\n"),
        (BROTLI, brotli.compress(TEXT)),
        ((*CHUNKED, *BROTLI), chunk(brotli.compress(TEXT)) + b"0\r\n\r\n"),
        (ZSTD, zstd.compress(TEXT)),
        (((b"Content-Encoding", b"gzip, GZIP"),), gzipped(gzipped(TEXT))),
        (((b"Content-Encoding", b"br"), (b"Content-Encoding", b"gzip")), gzipped(brotli.compress(TEXT))),
        (((b"Content-Length", b"7"), *GZIP), gzipped(TEXT)),
    ],
)
def test_a_whole_body_is_decoded_without_a_note(headers: Headers, body: bytes) -> None:
    assert decode_body(headers, body) == Decoded(TEXT)


@pytest.mark.parametrize("headers", [(), GZIP, DEFLATE, BROTLI, ZSTD])
def test_an_empty_body_is_whole(headers: Headers) -> None:
    assert decode_body(headers, b"") == Decoded(b"")


PLAIN = random.Random(3).randbytes(20_000).hex().encode()
PACKED = gzipped(PLAIN)


@pytest.mark.parametrize(
    ("headers", "body", "note"),
    [
        (GZIP, PACKED[: len(PACKED) // 2], "compressed body is cut"),
        (GZIP, PACKED[:-1], "compressed body is cut"),
        (GZIP, PACKED[:9000] + b"\xff" * 40 + PACKED[9040:], "compressed body is corrupt"),
        (GZIP, PACKED[:-5] + b"\0" + PACKED[-4:], "compressed body is corrupt"),
        (GZIP, PACKED + b"<!-- cached -->", "bytes after the compressed body"),
        (DEFLATE, zlib.compress(PACKED)[:9000], "compressed body is cut"),
        (BROTLI, brotli.compress(PACKED)[:9000], "compressed body is cut"),
        (BROTLI, brotli.compress(PLAIN)[:9000] + b"U" * 20_000, "compressed body is corrupt"),
        (ZSTD, zstd.compress(PACKED)[:9000], "compressed body is cut"),
        (CHUNKED, b"ffff\r\n" + PACKED[:9000], "chunked body is cut"),
        (CHUNKED, b"5\r\nabcde\r\nzz\r\n", "chunked body is cut"),
    ],
)
def test_of_a_damaged_body_all_that_came_before_is_kept_with_a_note(
    headers: Headers, body: bytes, note: str
) -> None:
    found = decode_body(headers, body)

    assert found.note == note
    assert len(found.content) >= 5
    whole = zlib.decompress(PACKED, 31)
    assert headers != GZIP or whole.startswith(found.content[:15_000])


def test_a_small_page_that_breaks_gives_what_stands_before_the_break() -> None:
    body = gzipped(TEXT)
    found = decode_body(GZIP, body[:-8] + b"12345678")

    assert found == Decoded(TEXT, "compressed body is corrupt")


@pytest.mark.parametrize("headers", [GZIP, DEFLATE, ZSTD, ((b"Content-Encoding", b"gzip, gzip"),)])
def test_a_plain_body_declared_as_compressed_is_taken_as_it_is(headers: Headers) -> None:
    assert decode_body(headers, TEXT) == Decoded(TEXT, "declared as compressed, sent plain")


@pytest.mark.parametrize(
    "start", [b"<!DOCTYPE html>", b"\xef\xbb\xbf\n <html lang=id>", b"<!-- a -->", b"<head>"]
)
def test_a_document_declared_as_brotli_is_taken_as_it_is(start: bytes) -> None:
    assert decode_body(BROTLI, start + TEXT) == Decoded(start + TEXT, "declared as compressed, sent plain")


def test_a_header_that_was_left_standing_hides_no_damage_below_it() -> None:
    headers = (*CHUNKED, *GZIP)

    assert decode_body(headers, PACKED[:9000]).note == "compressed body is cut"


def test_a_plain_body_declared_as_chunked_is_taken_as_it_is() -> None:
    assert decode_body(CHUNKED, TEXT) == Decoded(TEXT, "declared as chunked, sent plain")


@pytest.mark.parametrize("encoding", [b"compress", b"dcb", b"\xff"])
def test_an_unknown_encoding_is_told_and_the_bytes_kept(encoding: bytes) -> None:
    found = decode_body(((b"Content-Encoding", encoding),), TEXT)

    assert found.content == TEXT
    assert found.note == f"content encoding {encoding.decode('latin-1')} is not supported"


def test_five_encodings_one_over_the_other_are_a_trap() -> None:
    headers = ((b"Content-Encoding", b"gzip," * 5),)

    assert decode_body(headers, PACKED).note == "5 encodings, one over the other"


@pytest.mark.parametrize("headers", [(), GZIP, DEFLATE, BROTLI, ZSTD])
def test_a_body_is_cut_at_the_limit(headers: Headers) -> None:
    body = {
        (): TEXT,
        GZIP: gzipped(TEXT),
        DEFLATE: zlib.compress(TEXT),
        BROTLI: brotli.compress(TEXT),
        ZSTD: zstd.compress(TEXT),
    }[headers]

    assert decode_body(headers, body, 1000) == Decoded(TEXT[:1000], "cut at the size limit")
    assert decode_body(headers, body, len(TEXT)) == Decoded(TEXT)


ZEROS = b"\0" * (100 << 20)


@pytest.mark.parametrize(
    ("headers", "bomb"),
    [
        (GZIP, gzipped(ZEROS)),
        (BROTLI, brotli.compress(ZEROS, quality=5)),
        (ZSTD, zstd.compress(ZEROS)),
        (((b"Content-Encoding", b"gzip, gzip"),), gzipped(gzipped(ZEROS))),
    ],
    ids=["gzip", "br", "zstd", "gzip twice"],
)
def test_a_bomb_costs_the_limit_and_no_more(headers: Headers, bomb: bytes) -> None:
    tracemalloc.start()
    found = decode_body(headers, bomb, 4 << 20)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert found.note == "cut at the size limit"
    assert len(found.content) == 4 << 20
    assert peak < 24 << 20


def test_a_body_of_a_million_empty_members_costs_no_time() -> None:
    begun = time.process_time()
    found = decode_body(GZIP, gzipped(b"") * 500_000)

    assert found.note == "too many gzip members"
    assert time.process_time() - begun < 2


@settings(max_examples=300, deadline=None)
@given(
    encoding=st.sampled_from([b"", b"gzip", b"deflate", b"x-gzip", b"br", b"zstd", b"gzip, br"]),
    chunked=st.booleans(),
    content=st.binary(max_size=200),
    shape=st.sampled_from([bytes, gzipped, zlib.compress, raw_deflate, brotli.compress, zstd.compress]),
    spoiled=st.tuples(st.integers(0, 300), st.binary(max_size=4)),
    limit=st.integers(1, 400),
)
@example(encoding=b"deflate", chunked=False, content=b"\n", shape=bytes, spoiled=(1, b"\x08\0\x1c"), limit=1)
def test_decoding_never_raises_and_never_exceeds_the_limit(
    encoding: bytes, chunked: bool, content: bytes, shape: object, spoiled: tuple[int, bytes], limit: int
) -> None:
    body = shape(content)  # type: ignore[operator]
    place, other = spoiled
    body = body[:place] + other + body[place + len(other) :]
    headers = ((b"Content-Encoding", encoding), *(CHUNKED if chunked else ()))
    found = decode_body(headers, body, limit)

    assert len(found.content) <= limit
    if encoding == b"" and not chunked:
        assert found.content == body[:limit]

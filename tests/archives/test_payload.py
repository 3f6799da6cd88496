"""What a body is, judged by its first bytes and not by what the server calls it."""

from __future__ import annotations

import gzip

import pytest

from archives.payload import identify_payload

PLAIN = ((b"Content-Type", b"text/html"),)
PACKED = ((b"Content-Type", b"text/html"), (b"Content-Encoding", b"gzip"))


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"<!DOCTYPE html><html>", "text/html"),
        (b"\xef\xbb\xbf \n<HTML lang=id>", "text/html"),
        (b"<!-- cache --><html>", "text/html"),
        (b'<?xml version="1.0"?><urlset>', "application/xml"),
        (b"<rss version='2.0'>", "application/xml"),
        (b'<?xml version="1.0"?><svg xmlns="x">', "image/svg+xml"),
        (b'{"a": 1}', "application/json"),
        (b"[1, 2]", "application/json"),
        (b"User-agent: *\nDisallow: /api/", "text/plain"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "image/png"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x20ftypavif", "image/avif"),
        (b"%PDF-1.7", "application/pdf"),
    ],
)
def test_a_body_is_known_by_its_first_bytes(start: bytes, kind: str) -> None:
    assert identify_payload(PLAIN, start) == kind


def test_a_compressed_body_is_looked_into() -> None:
    assert identify_payload(PACKED, gzip.compress(b"<html><body>" + b"x" * 100_000)) == "text/html"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (PLAIN, b""),
        (PLAIN, b"\x00\x01\x02\x03"),
        (PACKED, b"\x1f\x8b\x08\x00rubbish"),
        (((b"Content-Encoding", b"br"),), b"<html>"),
    ],
)
def test_what_cannot_be_told_is_not_guessed(headers: tuple[tuple[bytes, bytes], ...], body: bytes) -> None:
    assert identify_payload(headers, body) is None


def test_a_page_that_is_called_an_image_is_called_a_page() -> None:
    assert identify_payload(((b"Content-Type", b"image/jpeg"),), b"<html><title>403</title>") == "text/html"

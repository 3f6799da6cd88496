"""What a page needs beside its HTML: style sheets and pictures, named by the page itself."""

from __future__ import annotations

from extractors.requisites import MOST, requisites

URL = "https://pesisir.example/2026/11/22/bakau"


def found(html: str) -> list[str]:
    return list(requisites(f"<html><body><h1>x</h1>{html}</body></html>".encode(), url=URL))


def test_style_sheets_and_icons_are_requisites_and_other_links_are_not() -> None:
    assert found(
        '<link rel="stylesheet" href="/a.css"><link rel="shortcut icon" href="/i.ico">'
        '<link rel="canonical" href="/2026"><link rel="next" href="?page=2"><a href="/b">b</a>'
    ) == ["https://pesisir.example/a.css", "https://pesisir.example/i.ico"]


def test_every_picture_of_a_set_is_named_once() -> None:
    assert found(
        '<picture><source srcset="/w.webp 1x, /w2.webp 2x">'
        '<img src="//cdn.example/w.jpg" data-src="/w.webp"></picture>'
    ) == [
        "https://pesisir.example/w.webp",
        "https://pesisir.example/w2.webp",
        "https://cdn.example/w.jpg",
    ]


def test_what_leads_nowhere_on_the_web_is_left_out() -> None:
    assert (
        found(
            '<img src="data:image/gif;base64,R0"><img src="file:///etc/passwd"><img src="javascript:1"><img>'
        )
        == []
    )


def test_a_page_with_pictures_without_end_has_a_bound() -> None:
    assert len(found("".join(f'<img src="/{number}.png">' for number in range(5000)))) == MOST


def test_bytes_that_are_no_page_need_nothing() -> None:
    assert requisites(b"\x89PNG\r\n\x1a\n", url=URL) == ()

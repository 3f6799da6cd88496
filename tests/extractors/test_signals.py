"""What a portal says about the use of its texts by machines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.signals import (
    MOST_LETTERS,
    MOST_SIGNALS,
    AiUse,
    Signal,
    Source,
    ai_use,
    as_plain,
    header_signals,
    page_signals,
    robots_signals,
)

PAGE = "https://portal.example/berita/judul"


def said(text: str, url: str = PAGE) -> list[tuple[str, str]]:
    return [(signal.name, signal.value) for signal in robots_signals(text.encode(), url)]


def test_a_robots_txt_with_rules_alone_says_nothing_about_use() -> None:
    assert (
        said("User-agent: *\nDisallow: /tag/\nCrawl-delay: 3\n\nSitemap: https://portal.example/s.xml\n")
        == []
    )
    assert as_plain(()) is None


def test_content_signals_are_kept_as_they_were_written() -> None:
    text = "User-agent: *\nContent-Signal: search=yes, ai-input=no, ai-train=no\nAllow: /\n"
    (signal,) = robots_signals(text.encode(), PAGE)
    assert signal.as_plain() == {
        "source": "robots.txt",
        "name": "Content-Signal",
        "value": "search=yes, ai-input=no, ai-train=no",
        "agents": ["*"],
    }
    assert ai_use([signal]) is AiUse.RESERVED


def test_of_content_usage_the_longest_path_that_fits_counts() -> None:
    """The example of draft-ietf-aipref-attach, section 3.5."""
    text = (
        "User-Agent: *\nAllow: /\nDisallow: /never/\nContent-Usage: / train-ai=n\n"
        "Content-Usage: /ai-ok/ train-ai=y\n\nUser-Agent: ExampleBot\nAllow: /\nContent-Usage: / train-ai=y\n"
    )
    assert said(text, "https://portal.example/test") == [("Content-Usage", "train-ai=n")]
    assert said(text, "https://portal.example/ai-ok/test") == [("Content-Usage", "train-ai=y")]
    (signal,) = robots_signals(text.encode(), "https://portal.example/ai-ok/test")
    assert signal.path == "/ai-ok/"
    assert ai_use([signal]) is AiUse.PERMITTED


def test_content_usage_without_a_path_is_for_the_whole_site() -> None:
    assert said("User-agent: *\nContent-Usage: ai=n") == [("Content-Usage", "ai=n")]


def test_what_is_said_to_us_or_to_machines_that_learn_counts_and_to_others_not() -> None:
    text = (
        "User-agent: Googlebot\nContent-Signal: ai-train=no\n\nUser-agent: {}\nContent-Signal: ai-train=yes\n"
    )
    assert said(text.format("Bingbot")) == []
    assert said(text.format("GPTBot")) == said(text.format("Kliping")) == [("Content-Signal", "ai-train=yes")]


def test_machines_that_may_not_read_the_page_are_named_in_one_signal() -> None:
    text = (
        "User-agent: gptbot\nUser-agent: CCBot/2.0\nDisallow: /\n\nUser-agent: ClaudeBot\nDisallow: /foto/\n"
    )
    assert said(text) == [("Disallow", "CCBot, GPTBot")]
    assert said(text, "https://portal.example/foto/1") == [("Disallow", "CCBot, ClaudeBot, GPTBot")]
    assert ai_use(robots_signals(text.encode(), PAGE)) is AiUse.RESERVED


def test_a_search_engine_that_is_shut_out_is_no_signal() -> None:
    assert said("User-agent: Googlebot\nUser-agent: AhrefsBot\nDisallow: /") == []


@pytest.mark.parametrize(
    "comment",
    [
        "# No text and data mining without a licence",
        "# TDM: reserved",
        "# Dilarang melatih AI dengan isi situs ini",
        "# kecerdasan buatan",
        "# Lisensi: hubungi redaksi",
        "Disallow: /x # machine learning",
    ],
)
def test_comments_that_speak_of_mining_machines_or_licences_are_kept(comment: str) -> None:
    ((name, value),) = said(f"User-agent: *\n{comment}\n")
    assert name == "comment"
    assert value == comment.partition("#")[2].strip()
    assert ai_use([Signal(source=Source.ROBOTS, name=name, value=value)]) is AiUse.MENTIONED


@pytest.mark.parametrize("comment", ["# robots.txt of the portal", "# said the main chair", "# ads"])
def test_other_comments_are_not(comment: str) -> None:
    assert said(f"{comment}\nUser-agent: *\n") == []


def test_a_comment_over_several_lines_is_one_and_begins_where_it_speaks_of_it() -> None:
    ((_, value),) = said(
        "# Welcome, robots. As a condition of access\n# you accept: no data mining,\n#\n# ever.\n"
    )
    assert value == "As a condition of access you accept: no data mining, ever."


def test_a_licence_of_rsl_is_for_everybody() -> None:
    text = "User-agent: Googlebot\nAllow: /\nLicense: https://portal.example/license.xml\n"
    assert said(text) == [("License", "https://portal.example/license.xml")]


def test_a_page_in_place_of_robots_txt_says_nothing() -> None:
    assert said("<!DOCTYPE html>\n<html># AI\nLicense: x\n</html>") == []


def test_headers_speak_for_the_answer() -> None:
    found = header_signals(
        [
            (b"Content-Type", b"text/html"),
            (b"content-usage", b"train-ai=n"),
            (b"TDM-Reservation", b"1"),
            (b"TDM-Policy", b"https://portal.example/tdm.json"),
            (b"X-Robots-Tag", b"index"),
            (b"X-Robots-Tag", b"noai, noimageai"),
            (b"Link", b'<https://portal.example/l.xml>; rel="license"; type="application/rsl+xml"'),
            (b"Link", b"</style.css>; rel=preload"),
        ]
    )
    assert [signal.name for signal in found] == [
        "Content-Usage", "tdm-reservation", "tdm-policy", "X-Robots-Tag", "Link",
    ]  # fmt: skip
    assert {signal.source for signal in found} == {Source.HEADER}
    assert ai_use(found) is AiUse.RESERVED


def test_a_page_speaks_for_itself() -> None:
    found = page_signals(
        {"tdm-reservation": "0", "robots": "index, follow"},
        [
            {"@type": ["NewsArticle", "Report"], "license": {"@id": "https://a.example/cc"}},
            {"@type": "ImageObject", "license": "x"},
        ],
        ["https://creativecommons.org/licenses/by/4.0/"],
    )
    assert [(signal.name, signal.value) for signal in found] == [
        ("tdm-reservation", "0"),
        ("license", "https://creativecommons.org/licenses/by/4.0/"),
        ("license", "https://a.example/cc"),
    ]
    assert ai_use(found) is AiUse.PERMITTED
    assert page_signals({"robots": "noai"}, [], [])[0].name == "robots"


@pytest.mark.parametrize(
    ("name", "value", "use"),
    [
        ("Content-Usage", "search=n", AiUse.MENTIONED),
        ("Content-Signal", "search=no", AiUse.MENTIONED),
        ("Content-Usage", "train-ai=n;exceptions", AiUse.RESERVED),
        ("Content-Usage", "TRAIN-AI = Y", AiUse.PERMITTED),
        ("Content-Signal", "ai-train=yes, ai-input=no", AiUse.RESERVED),
        ("tdm-reservation", "1", AiUse.RESERVED),
        ("tdm-reservation", "yes", AiUse.MENTIONED),
        ("DisallowAITraining", "/", AiUse.RESERVED),
        ("License", "https://a.example/l.xml", AiUse.MENTIONED),
    ],
)
def test_the_sum_takes_nothing_for_a_yes_or_a_no_that_is_none(name: str, value: str, use: AiUse) -> None:
    assert ai_use([Signal(source=Source.HEADER, name=name, value=value)]) is use


@given(st.binary(max_size=300), st.sampled_from([b"", b"User-agent: *\n", b"# AI ", b"Content-Usage: "]))
def test_any_robots_txt_gives_few_short_printable_signals(content: bytes, begin: bytes) -> None:
    found = robots_signals(begin + content, PAGE)
    assert len(found) <= MOST_SIGNALS
    assert all(0 < len(signal.value) <= MOST_LETTERS and signal.value.isprintable() for signal in found)


def test_a_robots_txt_full_of_statements_gives_few() -> None:
    lines = [f"Content-Signal: ai-train=no, x{n}=no" for n in range(5000)] + [
        f"# AI {n}\n\n" for n in range(5000)
    ]
    assert len(said("User-agent: *\n" + "\n".join(lines))) == MOST_SIGNALS

from __future__ import annotations

from dataclasses import replace

import pytest

from corpora.cleaning import RULES, reasons
from corpora.signals import Signals, measure

SENTENCE = "Petugas membagikan beras kepada warga di balai desa sejak pagi hari."


def record(
    *parts: tuple[str, str],
    warnings: tuple[str, ...] = (),
    checks: dict[str, object] | None = None,
    missing: tuple[int, ...] = (),
) -> dict[str, object]:
    body = "\n\n".join(text for _, text in parts)
    return {
        "articleBody": body,
        "wordCount": len(body.split()),
        "hasPart": [
            {"position": number, "page": 1, "type": kind, "text": text}
            for number, (kind, text) in enumerate(parts, start=1)
        ],
        "pagination": {"pageCount": 2, "pagesMissing": list(missing)},
        "extraction": {"fallback": False, "warnings": list(warnings), "checks": checks or {}},
    }


def paragraphs(count: int) -> list[tuple[str, str]]:
    return [("paragraph", f"Kabar ke-{'abcdefghij'[number]}: {SENTENCE}") for number in range(count)]


def why(*parts: tuple[str, str], **more: object) -> tuple[str, ...]:
    return reasons(measure(record(*parts, **more)))  # type: ignore[arg-type]


def test_an_ordinary_article_stays() -> None:
    assert why(*paragraphs(8)) == ()


def test_repeated_paragraphs_are_counted_whatever_their_case_and_blanks() -> None:
    same = [("paragraph", SENTENCE), ("paragraph", SENTENCE.upper()), ("paragraph", f" {SENTENCE} ")]
    seen = measure(record(*same, *paragraphs(1)))
    assert seen.duplicate_paragraphs == 0.5
    assert "duplicate-paragraphs" in reasons(seen)


def test_list_likeness_is_what_the_record_says_is_a_list() -> None:
    listed = [("listItem", f"Nomor urut {name} wilayah kota") for name in "abcdefghij"]
    assert "list" in why(*paragraphs(1), *listed)
    assert measure(record(*paragraphs(1), *listed)).list_likeness == pytest.approx(50 / 63, abs=0.001)
    bullets = [("paragraph", f"- {text}") for _, text in paragraphs(8)]
    assert measure(record(*bullets)).list_likeness == 0


@pytest.mark.parametrize(
    ("warning", "reason"),
    [
        ("the body may hold lines that are not the article", "boilerplate"),
        ("page 2: the body may hold lines that are not the article", "boilerplate"),
        ("the body has 40 words; the page's own plain text has 300", "doubtful-extraction"),
        ("the body holds 61% of the words of the page's own plain text", "doubtful-extraction"),
        ("page 3: the canonical address is another article's", "doubtful-extraction"),
        ("incomplete: the page is cut; what follows is lost", "doubtful-extraction"),
    ],
)
def test_a_doubt_of_the_extraction_about_the_text_is_a_reason(warning: str, reason: str) -> None:
    assert why(*paragraphs(8), warnings=(warning,)) == (reason,)


@pytest.mark.parametrize(
    "warning",
    [
        "the page gives the day of publication without a time",
        "only JSON-LD names an author: Rahmi",
        "page 4: no pager; accepted as the last page",
        "no date of publication",
    ],
)
def test_a_doubt_about_dates_and_names_is_none(warning: str) -> None:
    assert why(*paragraphs(8), warnings=(warning,)) == ()


def test_missing_pages_are_a_reason() -> None:
    assert why(*paragraphs(8), missing=(2,)) == ("incomplete",)
    assert why(*paragraphs(8), checks={"incomplete": True}) == ("incomplete",)


def test_leaks_that_the_extraction_counted_are_a_reason() -> None:
    assert why(*paragraphs(8), checks={"leaks": 2}) == ("boilerplate",)


def ordinary() -> Signals:
    return measure(record(*paragraphs(8)))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("too-short", {"words": 49}),
        ("too-long", {"words": 100_001}),
        ("duplicate-characters", {"duplicate_characters": 0.21}),
        ("short-paragraphs", {"short_paragraphs": 0.68}),
        ("unended-paragraphs", {"unended_paragraphs": 0.71}),
        ("digits", {"digits": 0.21}),
        ("uppercase", {"uppercase": 0.41}),
        ("symbols", {"symbols": 0.11}),
        ("word-length", {"mean_word_length": 2.9}),
        ("word-length", {"mean_word_length": 10.1}),
    ],
)
def test_each_threshold_has_a_name(name: str, change: dict[str, float]) -> None:
    assert reasons(ordinary()) == ()
    assert reasons(replace(ordinary(), **change)) == (name,)  # type: ignore[arg-type]


def test_names_of_reasons_differ() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_an_empty_or_strange_record_is_measured_all_the_same() -> None:
    nothing: dict[str, object] = {}
    broken: dict[str, object] = {"hasPart": "x", "extraction": [], "pagination": None, "articleBody": None}
    for strange in (nothing, broken):
        assert "too-short" in reasons(measure(strange))
    assert measure({"hasPart": [1, {"type": "paragraph"}], "wordCount": True}).words == 0


def test_shares_are_of_the_text() -> None:
    seen = measure(record(("paragraph", "AB 12 cd."), ("quote", '"ef gh"'), ("heading", "ij")))
    assert seen.digits == pytest.approx(2 / 15, abs=0.001)
    assert seen.uppercase == pytest.approx(0.2)
    assert seen.quote_share == pytest.approx(2 / 6, abs=0.001)
    assert seen.unended_paragraphs == 0
    assert seen.short_paragraphs == 1

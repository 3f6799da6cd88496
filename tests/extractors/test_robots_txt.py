"""robots.txt after RFC 9309: its own examples, and what servers really send."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.robots_txt import MAX_BYTES, is_markup, lines_of, product_token, rules_for, text_of

SITE = "https://portal.example"


def may(text: str, path: str, agent: str = "examplebot") -> bool:
    return rules_for(text, (agent,)).allow(SITE + path, agent)


SIMPLE = """User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot
"""


@pytest.mark.parametrize(
    ("agent", "path", "allowed"),
    [
        ("otherbot", "/a.gif", False),
        ("otherbot", "/a.gif?x", True),
        ("otherbot", "/example/", False),
        ("otherbot", "/publications/", True),
        ("foobot", "/", False),
        ("foobot", "/example/page.html", True),
        ("foobot", "/example/allowed.gif", True),
        ("barbot", "/example/page.html", False),
        ("bazbot", "/example/page.html", False),
        ("bazbot", "/example/", True),
        ("quxbot", "/example/", True),
    ],
)
def test_the_simple_example_of_section_5_1(agent: str, path: str, allowed: bool) -> None:
    assert may(SIMPLE, path, agent) is allowed


def test_the_longest_match_of_section_5_2() -> None:
    text = "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n"
    assert not may(text, "/example/page/disallowed.gif", "foobot")
    assert may(text, "/example/page/other.gif", "foobot")


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ("/foo/bar?baz=quz", "/foo/bar?baz=quz"),
        ("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar"),
        ("/foo/bar/ツ", "/foo/bar/%E3%83%84"),
        ("/foo/bar/%E3%83%84", "/foo/bar/%E3%83%84"),
        ("/foo/bar/%62%61%7A", "/foo/bar/baz"),
    ],
)
def test_paths_are_compared_as_the_table_of_section_2_2_2_has_it(rule: str, path: str) -> None:
    assert not may(f"User-agent: *\nDisallow: {rule}", path)


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("Allow: /this/*/exactly\nDisallow: /", "/this/path/exactly", True),
        ("Allow: /this/path/exactly$\nDisallow: /", "/this/path/exactly", True),
        ("Allow: /this/path/exactly$\nDisallow: /", "/this/path/exactly/not", False),
        ("Disallow: /a # comment", "/a", False),
        ("Disallow: /path/file-with-a-%2A.html", "/path/file-with-a-*.html", False),
        ("Disallow: /path/file-with-a-%2A.html", "/path/file-with-a-x.html", True),
        ("Disallow: /path/foo-%24", "/path/foo-$", False),
        ("Disallow: /a\nAllow: /a", "/a", True),  # of two equal matches the least restrictive
        ("Disallow:", "/a", True),
        ("Disallow: /", "/robots.txt", True),
        ("Disallow: /A", "/a", True),
    ],
)
def test_special_characters_and_ties(rules: str, path: str, allowed: bool) -> None:
    assert may(f"User-agent: *\n{rules}", path) is allowed


def test_groups_of_one_agent_are_one_group() -> None:
    text = "User-agent: ExampleBot\nDisallow: /foo\n\nUser-agent: *\nDisallow: /all\n"
    text += "\nUser-agent: EXAMPLEBOT/2.1\nDisallow: /baz\n"
    assert [may(text, path) for path in ("/foo", "/baz", "/all")] == [False, False, True]


def test_only_the_whole_product_token_names_an_agent() -> None:
    assert product_token("Kliping/0.1") == "kliping"
    for other in ("Klip", "Kliping-Image", "mykliping"):
        assert may(f"User-agent: {other}\nDisallow: /", "/a", "kliping")


@pytest.mark.parametrize(
    "record", ["Sitemap: https://a.example/s.xml", "Content-Signal: ai-train=no", "License: x"]
)
def test_other_records_do_not_end_a_group(record: str) -> None:
    """Section 2.2.4: they must not interfere with the rules."""
    text = f"User-agent: examplebot\n{record}\nUser-agent: other\nDisallow: /a\n{record}\nDisallow: /b\n"
    assert [may(text, path) for path in ("/a", "/b")] == [False, False]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_line_ends_and_a_byte_order_mark_change_no_rule(end: str, mark: bytes) -> None:
    text = text_of(mark + f"User-agent: *{end}Disallow: /a{end}".encode())
    assert not may(text, "/a")
    assert may(text, "/b")


def test_utf_16_is_read_by_its_mark() -> None:
    assert not may(text_of("\ufeffUser-agent: *\nDisallow: /a".encode("utf-16-le")), "/a")


def test_bytes_that_are_not_utf_8_are_compared_as_bytes() -> None:
    text = text_of("User-agent: *\nDisallow: /café\n".encode("latin-1"))
    assert not may(text, "/caf%E9/menu")
    assert may(text, "/caf%C3%A9")


def test_parsing_errors_leave_the_rules_that_can_be_parsed() -> None:
    assert not may("<<<\nhello: there\nUser-agent: *\n:::\nDisallow /b\nDisallow: /a", "/a")


def test_500_kib_count_and_a_line_that_is_cut_there_does_not() -> None:
    """`Allow: /` would be what is left of a rule that opens one folder."""
    head = b"User-agent: *\nDisallow: /\n"
    late = b"Disallow: /late\n"
    filler = b"#" * (500 * 1024 - len(head) - len(late) - 1) + b"\n"
    assert not may(text_of(b"User-agent: *\n" + filler + late), "/late")
    rule = b"Allow: /berita/"
    begin = head + b"#" * (MAX_BYTES - len(head) - len(b"\nAllow: /")) + b"\n"
    cut = begin + rule + b"x" * 1000
    assert cut[:MAX_BYTES].endswith(b"Allow: /")
    assert not may(text_of(cut), "/anything")
    assert len(text_of(b"a\n" * MAX_BYTES)) <= MAX_BYTES


def test_thousands_of_agents_with_thousands_of_rules_are_one_agent() -> None:
    text = "".join(f"User-agent: a{n}\n" for n in range(9_000)) + "".join(
        f"Disallow: /{n}\n" for n in range(9_000)
    )
    assert may(text, "/1")
    assert not may(text + "User-agent: examplebot\nDisallow: /2\n", "/2")


@given(st.binary(max_size=400))
def test_any_bytes_are_a_robots_txt(content: bytes) -> None:
    text = text_of(content)
    text.encode()
    assert isinstance(may(text, "/a"), bool)


@given(st.text(max_size=200))
def test_any_text_has_lines_and_is_markup_or_not(text: str) -> None:
    assert len(list(lines_of(text))) >= 1
    assert isinstance(is_markup(text), bool)

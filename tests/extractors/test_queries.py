"""The quick way to an element gives what libxml2 gives."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml.html import HtmlElement, document_fromstring

from crawler.demo.markup import render_article
from crawler.demo.newsroom import Newsroom
from extractors.portal import Index, Rule, has_class
from extractors.portals import all_portals
from extractors.queries import xpath


def _expressions() -> list[str]:
    """Every expression of every rule and index of every portal."""
    found: dict[str, None] = {}
    for portal in all_portals().values():
        declarations: tuple[Rule | Index, ...] = (*portal.rules, portal.index)
        for declared in declarations:
            for name in (one.name for one in fields(declared)):
                values = getattr(declared, name)
                for value in values if isinstance(values, tuple) else ():
                    if isinstance(value, str) and ("//" in value or "(" in value):
                        found[value] = None
    return list(found)


EXPRESSIONS = _expressions()


def _agree(tree: HtmlElement, expression: str) -> None:
    whole = etree.XPath(expression)(tree)
    assert isinstance(whole, list)
    assert xpath(expression)(tree) == [node for node in whole if isinstance(node, HtmlElement)], expression


@pytest.mark.parametrize("number", range(0, 60, 12))
def test_every_expression_finds_the_same_on_a_page_of_the_newsroom(number: int) -> None:
    tree = document_fromstring(render_article(tuple(Newsroom().articles())[number]))
    for expression in EXPRESSIONS:
        _agree(tree, expression)


TAGS = st.sampled_from(("div", "p", "a", "ul", "li", "h2", "span"))
CLASSES = st.lists(st.sampled_from(("paging", "side", "txt", "b", "x-y")), max_size=3).flatmap(
    lambda names: st.sampled_from((" ", " ", "\t\n", "\xa0")).map(lambda space: space.join(names))
)
TREES = st.recursive(
    st.builds("<{0} class='{1}' id='one'>t</{0}>".format, TAGS, CLASSES),
    lambda inner: st.builds(
        lambda tag, names, mark, parts: f"<{tag} class='{names}'{mark}>{''.join(parts)}</{tag}>",
        TAGS,
        CLASSES,
        st.sampled_from(("", "", " id='one'")),
        st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)
PLAIN_B = "contains(concat(' ',normalize-space(@class),' '),' b ')"
SHAPES = (
    f"//div[{has_class('side')}]",
    f"//*[{has_class('side')}]//a",
    f"//div[{has_class('side')} and {has_class('b')}]/p",
    f"//div[{has_class('side')}][{has_class('b')} or {has_class('txt')}]//*[{has_class('x-y')}]",
    f"//div[{has_class('side')}]/following-sibling::div[{has_class('txt')}]",
    f"//div[{has_class('side')}][1]",
    f"//li[{has_class('b')}]/..",
    f"//div[{has_class('side')}]//p | //ul",
    f"(//div[{has_class('side')}]//p)[1]",
    "//*[@id='one']//a",
    "//div[@id='one'][normalize-space(.)]",
    "//h2",
    "//ul/li[last()]",
    "//h3//a",
    f"id('one')//div[{has_class('side')}]",
    f"id('one')//*[{has_class('side')} and {has_class('b')}]//a",
    f"id('one')//*[self::ul or self::h2][{has_class('txt')}]",
    f"id('one')//*[self::ul or self::h2][{has_class('txt')}][not(ancestor::div[{has_class('b')}])]/li",
    f"//div[{has_class('side')}][not(preceding::div[{has_class('b')}])]",
    f"//div[{has_class('side')}][not(ancestor::div[{has_class('b')}])]//p[{has_class('txt')}]",
    f"//div[{has_class('side')} and {has_class('b')} or {has_class('txt')}]",
    f"//div[{has_class('side')} and (p or a)]",
    f"id('one')//p[{has_class('b')}]//a | id('one')//*[@class='txt']//a",
    f"//div[{has_class('side')}] | id('none')//a",
    "id('one')//span[1]",
    "id('one')/*//ul//li//a",
    "id('none')//div[ul]",
    "id('one')",
    "id('one')//p",
    "id('one')//text()[contains(.,'t') or contains(.,'T')][starts-with(.,'t')]/..",
    "id('one')//text()[contains(.,'T')]/..",
    f"//div[{has_class('side')} and {has_class('b')} and {has_class('txt')}]",
    f"//*[{has_class('side')} and {has_class('b')}]",
    f"//ul[{has_class('side')} and {has_class('b')} and (p or a)]//li",
    f"//div[{has_class('side')} and {has_class('b')}][1]",
    f"//div[{has_class('side')} and contains(@class,'txt') and {PLAIN_B}]",
    "//div[contains(concat(' ',@class,' '),' side ') and contains(concat(' ',@class,' '),' b ')]",
    f"//div[{has_class('side')}] | //div[{has_class('b')}]",
    f"//div[{has_class('side')}]//p | //div[{has_class('side')} and {has_class('b')}]//p",
)


@given(TREES, st.sampled_from(SHAPES))
@settings(max_examples=400, deadline=None)
def test_every_shape_of_expression_finds_the_same_in_any_nesting(markup: str, expression: str) -> None:
    _agree(document_fromstring(f"<html><body>{markup}</body></html>"), expression)


def test_alternatives_that_both_find_something_find_what_stands_behind_the_page() -> None:
    """libxml2 makes a second root of it."""
    page = "<html><body><div class='side b txt'>t<p>t</p></div></body></html><div class='side'>t</div>"
    _agree(document_fromstring(page), f"//div[{has_class('side')}] | //div[{has_class('b')}]")

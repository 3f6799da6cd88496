"""The Tribun network's article markup since 2020, one rule for each era.

Sources: captured pages of 2020 (www, solo) and May 2024 (www); selectors of public scrapers; notes of July
2026. The markup before 2020 is unknown and tried with the rule of 2020. Later rules keep the earlier places
as second choices, since the network changes its hosts one by one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from extractors.portal import Rule
from extractors.portal import has_class as _has

_ARTICLE = "id('article')"
_HEADLINE = "id('arttitle')"
_CONTAINER = f"//div[{_has('txt-article')}]"
_SAYS_SOURCE = "starts-with(normalize-space(.),'Sumber')"
_NO_NAMES = "not(id('editor') or id('penulis'))"
# Last choices, for classes that nobody has seen: a text of the article's box, outside its body, that begins
# with the word. Of long texts and scripts only the beginning is looked at.
_OUTSIDE_BODY = f"not(ancestor::div[{_has('txt-article')}] or ancestor::*[@id='artimg'] or parent::script)"


def _begins_with(*words: str) -> str:
    begins = " or ".join(
        f"starts-with(normalize-space(substring(.,1,200)),'{spelling}')"
        for word in words
        for spelling in (word, word.upper())
    )
    holds = " or ".join(f"contains(.,'{spelling}')" for word in words for spelling in (word, word.upper()))
    return f"{_ARTICLE}//text()[{holds}][{begins}][{_OUTSIDE_BODY}]/.."


# Neither in the body nor behind it, where boxes of other articles stand.
_ABOVE_BODY = f"not(ancestor::div[{_has('txt-article')}] or preceding::div[{_has('txt-article')}])"
_SAYS_PEOPLE = _begins_with("Penulis", "Editor", "Reporter")
_LINKS_PEOPLE = (
    f"{_ARTICLE}//a[contains(@href,'/penulis/') or contains(@href,'/editor/')]"
    f"[not(ancestor::div[{_has('txt-article')}])]/.."
)
_SAYS_DATE = _begins_with(
    *("Tayang", "Diterbitkan", "Dipublikasikan", "Terbit"),
    *("Senin,", "Selasa,", "Rabu,", "Kamis,", "Jum", "Sabtu,", "Minggu,"),
)
# Not the times of other articles, in lists and tables, nor those of the text or of an age ("6 jam lalu").
_ARTICLE_TIME = (
    f"not({_has('timeago')})"
    f" and not(ancestor::li or ancestor::table or ancestor::aside or ancestor::div[{_has('txt-article')}])"
)
_CREDIT_2024 = f"//div[{_has('credit')}][{_has('f20')} or {_has('mt10')}]"

RULE_2020 = Rule(
    name="tribun-2020",
    valid_from=date(2011, 1, 1),
    marks=(_CONTAINER, _HEADLINE),
    container=(f"{_CONTAINER}[not(ancestor::*[@id='widget_pilihanuntukmu_article'])]",),
    headline=(_HEADLINE,),
    kicker=(
        f"{_ARTICLE}//h2[{_has('red')}]//a[contains(@href,'/topic/')][{_ABOVE_BODY}]",
        f"{_ARTICLE}//h2//a[contains(@href,'/topic/')][{_ABOVE_BODY}]",
        f"{_HEADLINE}/preceding-sibling::*[position()<4]/descendant-or-self::h2//a[contains(@href,'/topic/')]",
        f"{_HEADLINE}/preceding-sibling::h2[{_has('red')} and {_has('f16')}]",
    ),
    standfirst=(
        f"{_ARTICLE}//*[self::h4 or self::h2][{_has('hide')}][{_ABOVE_BODY}]",
        f"{_HEADLINE}/following-sibling::*[self::h4 or self::h2][{_has('hide')}]",
        f"{_HEADLINE}/following::*[self::h4 or self::h2][{_has('hide')}][{_ABOVE_BODY}]",
    ),
    sections=(
        "id('va')/ul//li//a",
        "id('va')/*//ul[contains(@itemtype,'BreadcrumbList')]//li//a",
        f"//ul[{_has('breadcrumb')}]//a",
    ),
    keywords=(
        f"{_ARTICLE}//h5[{_has('tagcloud3')}]//a | {_ARTICLE}//*[@itemprop='keywords']//a",
        f"//h5[{_has('tagcloud3')}]//a",
        "//*[@itemprop='keywords']//a",
    ),
    date_text=(
        f"{_ARTICLE}//div[{_has('grey')} and {_has('bdr3')}]/time",
        f"{_ARTICLE}//time[{_ARTICLE_TIME}]",
        f"{_HEADLINE}/following::time[{_ARTICLE_TIME}]",
        f"{_ARTICLE}//*[self::div or self::span][{_has('grey')}][contains(.,'Tayang')]",
        _SAYS_DATE,
        "//*[@itemprop='datePublished'][@content or @datetime]",
    ),
    byline=(
        f"//div[{_has('f12')} and {_has('grey')} and {_has('mb15')}]",
        _CREDIT_2024,
        f"{_ARTICLE}//div[{_has('credit')}]",
        _SAYS_PEOPLE,
        _LINKS_PEOPLE,
    ),
    writer=("id('penulis')[normalize-space(.)]", "//*[@id='penulis'][normalize-space(.)]"),
    editor=("id('editor')[normalize-space(.)]", "//*[@id='editor'][normalize-space(.)]"),
    source=(
        f"id('editor')/following-sibling::div[{_SAYS_SOURCE}]",
        f"id('penulis')/following-sibling::div[{_SAYS_SOURCE}]",
        f"//div[{_has('sources')}]",
        f"//div[{_has('f12')} and {_has('grey')}][{_NO_NAMES}]/div[{_SAYS_SOURCE}]",
        _begins_with("Sumber"),
    ),
    photo=(
        f"id('artimg')//img[{_has('imgfull')}]",
        "id('artimg')//*[self::img or self::amp-img]",
    ),
    photo_box=("id('artimg')",),
    photo_credit=(f"id('artimg')//div[{_has('f11')} and {_has('pa3')}]",),
    photo_caption=(f"id('artimg')//div[{_has('arial')} and {_has('f12')} and {_has('grey2')}]",),
    pager=(f"//div[{_has('paging')}]",),
)

RULE_2021 = replace(
    RULE_2020,
    name="tribun-2021",
    valid_from=date(2021, 1, 1),
    marks=(
        f"//div[{_has('txt-article')}][{_has('multi-fontsize')} or {_has('editcontent')}]",
        f"{_CREDIT_2024}//*[@id='penulis' or @id='editor']",
        f"//div[{_has('sources')}]//h6",
    ),
    byline=(_CREDIT_2024, *RULE_2020.byline),
)

RULE_2025 = replace(
    RULE_2021,
    name="tribun-2025",
    valid_from=date(2025, 6, 1),
    marks=(
        f"//blockquote[{_has('summary-article')}]",
        f"//div[{_has('paging')}]//*[{_has('pagination-wrap')} or {_has('total-page')}]",
        f"{_ARTICLE}//time[@datetime]",
        f"//div[{_has('share-wrapper')}][@data-content-id]",
        f"{_ARTICLE}//h2[{_has('hide')}]",
    ),
    abstract=(f"//blockquote[{_has('summary-article')}]//li", f"//blockquote[{_has('summary-article')}]//p"),
)

# Nobody has kept an AMP page of the network: the places of the ordinary page, then what any AMP page has.
_AMP = "/html[@amp or @*[name()='⚡']]"
_NOT_CHROME = (
    "not(ancestor-or-self::*[self::amp-sidebar or self::header or self::footer or self::nav or self::aside"
    " or self::amp-accordion or self::amp-lightbox or self::amp-list or self::ul])"
)


def _anywhere(*words: str) -> str:
    """An element whose own text begins with one of the words, in the page's body."""
    begins = " or ".join(f"starts-with(normalize-space(substring(.,1,200)),'{word}')" for word in words)
    return f"//body//text()[{begins}][not(parent::script or parent::style or parent::p)]/.."


_AMP_PHOTO = f"//h1/following::amp-img[not(ancestor::p or ancestor::amp-carousel)][{_NOT_CHROME}]"

RULE_AMP = replace(
    RULE_2020,
    name="tribun-amp",
    valid_from=date(2016, 2, 1),
    marks=(_AMP,),
    container=(
        *RULE_2020.container,
        "//*[@itemprop='articleBody']",
        f"{_AMP}//*[count(p) > 1][{_NOT_CHROME}]",
    ),
    headline=(_HEADLINE, f"//h1[{_NOT_CHROME}]", "//h1"),
    date_text=(*RULE_2020.date_text[:4], "//h1/following::time[not(ancestor::li)]", _anywhere("Tayang")),
    byline=(*RULE_2020.byline[:3], _anywhere("Penulis", "Editor")),
    photo=("id('artimg')//amp-img", _AMP_PHOTO),
    photo_box=("id('artimg')", f"//h1/following::figure[amp-img][{_NOT_CHROME}][1]"),
    photo_caption=(*RULE_2020.photo_caption, f"({_AMP_PHOTO})[1]/ancestor::figure//figcaption"),
    pager=(*RULE_2020.pager, f"//*[a[contains(@href,'page=')]][{_NOT_CHROME}]"),
    drop=(
        "//h1",
        "//header",
        "//footer",
        "//time",
        f"//*[{_has('breadcrumb')} or {_has('share')} or {_has('social')} or {_has('tags')}]",
    ),
)

RULES = (RULE_2025, RULE_2021, RULE_AMP, RULE_2020)

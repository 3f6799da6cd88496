"""Kompas.com: the regional pages, the sites of cities, and the national and topical hosts.

Sources: a captured page of money.kompas.com (November 2023, page 1 of 2); selectors of public scrapers for
what came before and after it (`#penulis`, `#editor`; `.credit-title-nameEditor`, `.inject-baca-juga`,
`.kompasidRec`) and for the index (`.article__list`, `.articleItem`). AMP pages are not known.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from extractors.portal import Host, Index, Paging, Portal, Rule, Sample, has_class, zone_of

# The index has no list of a city's own that anybody has seen: their articles are looked for among all.
_CITIES = (
    ("surabaya", "Jawa Timur"),
    ("bandung", "Jawa Barat"),
    ("yogyakarta", "DI Yogyakarta"),
    ("medan", "Sumatera Utara"),
    ("makassar", "Sulawesi Selatan"),
    ("denpasar", "Bali"),
)
_TOPICS = "nasional megapolitan money edukasi tekno health lifestyle travel otomotif properti bola global"


def _host(label: str, kind: str, province: str = "", index_name: str = "") -> Host:
    return Host(
        name=f"{label}.kompas.com",
        brand="Kompas.com",
        province=province,
        zone=zone_of(province),
        kind=kind,
        dateline_brand="KOMPAS.com",
        index_name=index_name,
    )


_MODAL = f"id('creditModal')//h6[{has_class('credit-author-name')}]"
_BOX = "//*[starts-with(@class,'kompasidRec') or contains(@class,' kompasidRec')]"
_CONTENT = f"//div[{has_class('read__content')}]"

RULE_2023 = Rule(
    name="kompas-2023",
    valid_from=date(2022, 1, 1),
    marks=("id('creditModal')", f"//div[{has_class('credit-title-name')}]"),
    container=(_CONTENT,),
    headline=(f"//h1[{has_class('read__title')}]",),
    sections=(f"//ul[{has_class('breadcrumb__wrap')}]/li[position()>1]//a",),
    keywords=(f"//a[{has_class('tag__article__link')}]",),
    date_text=(f"//div[{has_class('read__time')}]",),
    writer=(f"{_MODAL}[contains(following-sibling::h6,'Penulis')]",),
    editor=(f"{_MODAL}[contains(following-sibling::h6,'Editor')]",),
    source=("id('sumber')//a", "id('sumber')"),
    photo=(f"//div[{has_class('photo__wrap')}]//img",),
    photo_credit=(f"//div[{has_class('photo__caption')}]//*[{has_class('photo__author')}]",),
    photo_caption=(f"//div[{has_class('photo__caption')}]",),
    pager=(f"//div[{has_class('read__paging')}]",),
    drop=(_BOX, f"//*[{has_class('ads-on-body')} or {has_class('ads-partner-wrap')}]"),
    related=(f"//*[{has_class('inject-baca-juga')}]",),
    drop_lines=(
        # "(Penulis: A | Editor: B)" names those of the reports that an article is put together from.
        re.compile(r"\(?(?:Sumber\s*:?\s*)?.{0,80}\(?\bPenulis\s*:.*\bEditor\s*:.*", re.IGNORECASE),
        re.compile(r"(?:Simak breaking news|Dapatkan (?:update|berita)|Ikuti (?:kami|saluran)) .*"),
        re.compile(r"KOMPAS\.com berkomitmen .*|Copyright \d{4}.*Kompas.*", re.IGNORECASE),
    ),
)
RULE_2018 = replace(
    RULE_2023,
    name="kompas-2018",
    valid_from=date(2017, 1, 1),
    marks=(f"//*[{has_class('read__credit__item')}]",),
    writer=("id('penulis')//a", "id('penulis')"),
    editor=("id('editor')//a", "id('editor')"),
)
# From 2025 the head names the editor alone, and the writer's name is the body's first line ("Oleh: NAME").
RULE_2025 = replace(
    RULE_2023,
    name="kompas-2025",
    valid_from=date(2025, 1, 1),
    marks=(f"//*[{has_class('credit-title-nameEditor')}]", "id('articleContent')"),
    container=(_CONTENT, "id('articleContent')"),
    editor=(*RULE_2023.editor, f"//*[{has_class('credit-title-nameEditor')}]"),
)
_ARTICLE = "https://regional.kompas.com/read/2024/05/17/081500578/warga-tanam-bakau"

PORTAL = Portal(
    name="kompas",
    title="Kompas.com",
    group="kompas",
    hosts=(
        _host("regional", "regional"),
        *(_host(city, "regional", province, "all") for city, province in _CITIES),
        _host("www", "national", index_name="all"),
        *(_host(topic, "vertical") for topic in _TOPICS.split()),
        _host("indeks", "lists"),
    ),
    rules=(RULE_2025, RULE_2023, RULE_2018),
    publisher="KOMPAS.com",
    publisher_url="https://www.kompas.com/",
    shapes=(re.compile(r"(?:/[\w-]+)?/read/(?:19|20)\d\d/[01]\d/[0-3]\d/\d{6,12}/[^/]+"),),
    samples=(
        Sample(url=f"{_ARTICLE}?source=terpopuler", article=_ARTICLE),
        Sample(url=f"{_ARTICLE}?page=2", article=_ARTICLE, page=2),
        Sample(url=f"{_ARTICLE}?page=all#page2", article=_ARTICLE, page=0),
        Sample(url="https://regional.kompas.com/image/2024/05/17/081500578/warga-tanam-bakau", article=None),
        Sample(url="https://indeks.kompas.com/?site=regional&date=2024-05-17", article=None),
        Sample(url="https://www.kompas.com/tag/bakau", article=None),
    ),
    paging=Paging(prefer_whole=True),
    index=Index(
        daily="https://indeks.kompas.com/?site={name}&date={day:%Y-%m-%d}{page}",
        items=(f"//div[{has_class('article__list')}]", f"//div[{has_class('articleItem')}]"),
        frame=(f"//div[{has_class('latest--indeks')}]", f"//div[{has_class('articleList')}]"),
        pager=(f"//div[{has_class('paging__wrap')}]", f"//div[{has_class('paging')}]"),
        date_text=(f".//*[{has_class('article__date')}]", f".//*[{has_class('articlePost-date')}]"),
    ),
)

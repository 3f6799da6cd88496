"""Media Indonesia, a national daily whose section Nusantara is its regional news.

Source: a captured page of October 2025. JSON-LD gives the editor as the author; the writer is printed under
the title. Lists by day are not known: `/indeks` and the sections go back by offset (`/nusantara/20/40`).
"""

from __future__ import annotations

import re
from datetime import date

from extractors.portal import JAKARTA, Host, Index, Paging, Portal, Rule, Sample, has_class

_ARTICLE = f"//div[{has_class('article')}]"
_HEADER = f"//div[{has_class('post-header')}]"
_BOXES = ("ext-channel", "flying-carpet", "info-author")
_PHOTO = f"//figure[{has_class('main-img')}]"

RULE_2023 = Rule(
    name="mediaindonesia-2023",
    valid_from=date(2018, 1, 1),
    marks=(f"{_HEADER}//h1", _PHOTO),
    container=(f"{_HEADER}/following-sibling::div[{has_class('article')}]", _ARTICLE),
    headline=(f"{_HEADER}//h1",),
    sections=(f"//ul[{has_class('mi-breadcrumb')}]//a",),
    keywords=(f"//ul[{has_class('related-tags')}]//a",),
    date_text=(f"{_HEADER}//span[{has_class('datetime')}]",),
    writer=(f"{_HEADER}//div[starts-with(@class,'author')]",),
    editor=(f"//div[{has_class('info-author')}][contains(.,'Editor')]",),
    photo=(f"{_PHOTO}//img",),
    photo_caption=(f"{_PHOTO}//figcaption",),
    drop=(_PHOTO, *(f"{_ARTICLE}//*[{has_class(name)}]" for name in _BOXES)),
    related=(f"//p[{has_class('related-news')}]",),
)

_SAMPLE = "https://mediaindonesia.com/nusantara/812345/warga-tanam-bakau"

PORTAL = Portal(
    name="mediaindonesia",
    title="Media Indonesia",
    group="mediaindonesia",
    hosts=tuple(
        Host(name=name, brand="Media Indonesia", province="", zone=JAKARTA, kind=kind)
        for name, kind in (
            ("mediaindonesia.com", "national"),
            ("www.mediaindonesia.com", "former"),
            ("m.mediaindonesia.com", "national-mobile"),
        )
    ),
    rules=(RULE_2023,),
    publisher="Media Indonesia",
    publisher_url="https://mediaindonesia.com/",
    shapes=(
        re.compile(r"/(?=[^/]*[a-z])[\w-]+/\d{4,9}/(?=[^/]*[A-Za-z])[^/]+"),
        re.compile(r"/read/detail/\d{4,9}-[^/]+"),
    ),
    refused=frozenset(
        {"author", "epaper", "foto", "galleries", "indeks", "infografis", "search", "tag", "video"}
    ),
    samples=(
        Sample(url=f"{_SAMPLE}?utm_source=wa", article=_SAMPLE),
        Sample(url=_SAMPLE.replace("//", "//www."), article=_SAMPLE),
        Sample(
            url="https://mediaindonesia.com/read/detail/212345-warga-tanam-bakau",
            article="https://mediaindonesia.com/read/detail/212345-warga-tanam-bakau",
        ),
        Sample(url="https://mediaindonesia.com/nusantara/20/40", article=None),
        Sample(url="https://mediaindonesia.com/tag/bakau", article=None),
        Sample(url="https://mediaindonesia.com/author/151/contoh", article=None),
        Sample(url="https://mediaindonesia.com/video/detail_video/2955-bakau", article=None),
    ),
    desktop=(
        ("www.mediaindonesia.com", "mediaindonesia.com"),
        ("m.mediaindonesia.com", "mediaindonesia.com"),
    ),
    paging=Paging(whole=None),
    index=Index(
        newest=("/nusantara", "/indeks"),
        items=(f"//ul[{has_class('list-3')}]/li",),
        frame=(f"//ul[{has_class('list-3')}]",),
        date_text=(".//span",),
    ),
)

"""detikcom's regional pages (detikJateng, detikJatim, detikSulsel …), all on www.detik.com.

Sources, all of them public: scrapers and their test pages of 2020 to 2026 (`.detail__title`,
`.detail__author`, `.detail__body-text.itp_bodycontent`, `.detail__media-caption`, `.linksisip .lihatjg`,
`.pic_artikel_sisip`, `.aevp`, `.collapsible`, `.detail__long-nav a.detail__anchor-numb`, `?single=1`), and
for the lists `#indeks-container article.list-content__item` under `/jateng/indeks?date=MM/DD/YYYY`.
"""

from __future__ import annotations

import re
from datetime import date

from extractors.portal import JAKARTA, Host, Index, Paging, Portal, Rule, Sample, has_class

_BODY = f"//div[{has_class('detail__body-text')}]"
_PHOTO = f"//div[{has_class('detail__media')}]//figure"
_BOXES = (
    *("aevp", "pip-vid", "collapsible", "cb-berita-terkait", "cb-artikel-lainnya", "koleksi-wrap"),
    *("detail__long-nav", "detail__multiple", "detail__body-tag", "parallaxindetail"),
)

RULE_2020 = Rule(
    name="detik-2020",
    valid_from=date(2020, 1, 1),
    marks=(f"//h1[{has_class('detail__title')}]", _BODY),
    container=(_BODY, f"//*[{has_class('itp_bodycontent')}]"),
    headline=(f"//h1[{has_class('detail__title')}]",),
    kicker=(f"//h2[{has_class('detail__subtitle')}]",),
    sections=(f"//div[{has_class('page__breadcrumb')}]//a",),
    keywords=(f"//div[{has_class('detail__body-tag')}]//a[{has_class('nav__item')}]",),
    date_text=(f"//div[{has_class('detail__date')}]",),
    writer=(f"//div[{has_class('detail__author')}]",),
    dateline=(f"({_BODY}//p)[1]/strong[1]",),
    photo=(f"{_PHOTO}//img",),
    photo_caption=(f"{_PHOTO}//figcaption",),
    pager=(f"//div[{has_class('detail__long-nav')}]", f"//div[{has_class('detail__multiple')}]"),
    drop=tuple(f"{_BODY}//*[{has_class(name)}]" for name in _BOXES),
    related=(f"{_BODY}//*[{has_class('linksisip')} or {has_class('lihatjg')}]",),
    figures=(f"{_BODY}//table[{has_class('pic_artikel_sisip_table')}]",),
    drop_lines=(
        re.compile(r"\[Gambas:.*\]|(?:Simak|Lihat|Saksikan) (?:juga )?video.*", re.IGNORECASE),
        re.compile(r"(?:Baca )?[Ss]elengkapnya di halaman (?:selanjutnya|berikut(?:nya)?).*"),
        re.compile(r"Artikel ini ditulis oleh .{0,200} di detik\w*\.?"),
    ),
)

_SAMPLE = "https://www.detik.com/jateng/berita/d-7345678/warga-tanam-bakau"

PORTAL = Portal(
    name="detik",
    title="detikcom, the regional pages",
    group="detik",
    hosts=(Host(name="www.detik.com", brand="detikcom", province="", zone=JAKARTA, kind="national"),),
    rules=(RULE_2020,),
    publisher="detikcom",
    publisher_url="https://www.detik.com/",
    sections=("bali", "jabar", "jateng", "jatim", "jogja", "kalimantan", "sulsel", "sumbagsel", "sumut"),
    shapes=(re.compile(r"(?:/[\w-]+){1,3}/d-\d{5,9}/[^/]+"),),
    refused=frozenset({"search", "tag"}),
    samples=(
        Sample(url=f"{_SAMPLE}?utm_source=wa", article=_SAMPLE),
        Sample(url=f"{_SAMPLE}?page=2", article=_SAMPLE, page=2),
        Sample(url=f"{_SAMPLE}?single=1", article=_SAMPLE, page=0),
        Sample(url=f"{_SAMPLE}/amp", article=_SAMPLE, amp=True),
        Sample(url="https://www.detik.com/jateng/indeks?date=05/17/2024", article=None),
        Sample(url="https://www.detik.com/jateng/berita", article=None),
        Sample(url="https://www.detik.com/tag/bakau/", article=None),
    ),
    amp_prefix="",
    amp_suffix="/amp",
    paging=Paging(whole=("single", "1"), prefer_whole=True),
    index=Index(
        daily="{root}{section}/indeks?date={day:%m/%d/%Y}{page}",
        by_section=True,
        items=(f"id('indeks-container')//article[{has_class('list-content__item')}]",),
        frame=("id('indeks-container')",),
        pager=(f"//div[{has_class('pagination')}]",),
        date_text=(f".//*[{has_class('media__date')}]",),
    ),
)

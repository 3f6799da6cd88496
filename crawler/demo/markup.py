"""Article pages in the network's markup of 2020, 2024 and 2026.

The skeleton of 2020 and the head of all eras follow a real page; what changed later (place of the byline,
date line, pager, summary, JSON-LD graph) follows descriptions of later pages. The site is a parameter:
tests give it a real host's name and serve the same markup there.
"""

# ruff: noqa: E501 - templates read best when an element is one line
from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from crawler.demo import chrome
from crawler.demo.body import container, plain_text
from crawler.demo.cards import Card, slug
from crawler.demo.chrome import esc
from crawler.demo.story import Block, BylinePlace, DemoArticle, DemoPhoto, Named

_FILLER = "<!-- filler -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One page of an article as it is asked for: page `number`, or all pages on one."""

    article: DemoArticle
    number: int = 1
    all_pages: bool = False
    byline: BylinePlace = "under"

    @property
    def blocks(self) -> tuple[Block, ...]:
        if self.all_pages:
            return tuple(block for page in self.article.pages for block in page)
        return self.article.pages[self.number - 1]

    @property
    def has_pager(self) -> bool:
        is_last = self.number == self.article.page_count
        has_pages = self.article.page_count > 1 and not self.all_pages
        return has_pages and (self.article.pager_on_last or not is_last)


def render_article(
    article: DemoArticle,
    page_number: int = 1,
    *,
    all_pages: bool = False,
    byline: BylinePlace | None = None,
    page_bytes: int = 0,
) -> str:
    """The page of an article as the desktop site sends it.

    `byline` is where the names stand; without it, where the article's era had them. A page smaller than
    `page_bytes` is filled up with boxes and scripts, never with article text.
    """
    place: BylinePlace = byline or ("after" if article.era == 2020 else "under")
    view = View(article=article, number=page_number, all_pages=all_pages, byline=place)
    page = "\n".join(
        (
            "<!DOCTYPE html>",
            '<html lang="id-ID" itemscope="itemscope" itemtype="http://schema.org/WebPage">',
            _head(view),
            '<body id="bodyart">',
            chrome.top(article.site, article.printed.rpartition(" ")[0]),
            '<div class="content">',
            '<div class="fl w677">',
            _article_box(view),
            chrome.recommended(article),
            "</div>",
            chrome.sidebar(article),
            _FILLER,
            '<div class="cl2"></div></div>',
            chrome.bottom(),
            "</body>",
            "</html>\n",
        )
    )
    missing = page_bytes - len(page.encode())
    return page.replace(_FILLER, chrome.filler(article, missing) if missing > 0 else "")


# -- head


def _head(view: View) -> str:
    article, site = view.article, view.article.site
    title = esc(f"{article.headline} - {site.brand}")
    image = article.lead.url if article.lead else f"{site.images}/img/logo.png"
    standfirst = esc(article.standfirst)
    return f"""<head>
<title>{esc(_title(view))}</title>
<link href="//iklan.example" rel="dns-prefetch">
<link rel="preload" href="{site.root}/css/style.css" as="style">
<meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="{standfirst}" />
<meta name="news_keywords" content="{esc(", ".join(article.keywords))}" />
<meta http-equiv="Refresh" content="900" />
<meta name="robots" content="index,follow"/>
<link rel="canonical" href="{article.url}"/>
<link rel="amphtml" href="{site.root}/amp{article.path}" data-component-name="amp:html:link">
<meta property="android:app_id" content="{article.article_id}" />
<meta property="og:site_name" content="{esc(site.brand)}" />
<meta property="og:type" content="article" />
<meta property="og:title" content="{title}" />
<meta property="og:image" content="{image}" />
<meta property="og:description" content="{standfirst}" />
<meta property="og:url" content="{article.url}" />
<meta name="twitter:card" content="summary_large_image" />
<meta name="twitter:title" content="{title}" />
<meta name="twitter:description" content="{standfirst}" />
<link rel="image_src" href="{image}" />
{_json_ld(article)}
{_data_layer(article)}
<link rel="shortcut icon" href="{site.root}/img/logo.png" />
<link rel="stylesheet" href="{site.root}/css/style.css" id="stylesheet" type="text/css" />
<link rel="alternate" type="application/rss+xml" title="{esc(site.brand)} RSS" href="{site.root}/rss" />
{chrome.head_scripts(site, article.sections[-1])}
</head>"""


def _title(view: View) -> str:
    article = view.article
    if article.era == 2026 and view.all_pages:
        return f"{article.headline} - Halaman all - {article.site.brand}"
    if article.era == 2026 and view.number > 1:
        return f"{article.headline} - Halaman {view.number} - {article.site.brand}"
    return f"{article.headline} - {article.site.brand}"


def _script(data: object) -> str:
    # "<" would end the script element; json leaves it as it is.
    text = json.dumps(data, ensure_ascii=False, indent=2).replace("<", "\\u003c")
    return f'<script type="application/ld+json">\n{text}\n</script>'


def _json_ld(article: DemoArticle) -> str:
    if article.era == 2026:
        return _script(
            {"@context": "https://schema.org", "@graph": [_graph_article(article), _crumbs(article)]}
        )
    return _script(_old_article(article)) + "\n" + _script(_web_page(article))


def _stamp(article: DemoArticle, moment: datetime) -> str:
    """The moment as JSON-LD prints it: the local wall clock, with the zone the page believes in."""
    if article.json_ld_offset is None:
        return moment.isoformat()
    return moment.replace(tzinfo=timezone(timedelta(hours=article.json_ld_offset))).isoformat()


def _old_article(article: DemoArticle) -> dict[str, object]:
    # Without a writer the editor is named as author: the page's own mistake, kept.
    writer = article.printed_writers or next((person.name for person in article.editors), article.site.brand)
    return {
        "@context": "http://schema.org",
        "@type": "NewsArticle",
        "headline": article.headline,
        "datePublished": _stamp(article, article.published),
        "dateModified": _stamp(article, article.modified),
        "mainEntityOfPage": {"@type": "WebPage", "@id": article.url},
        "description": article.standfirst,
        "image": {"@type": "ImageObject", "url": article.lead.url if article.lead else "", "width": 700},
        "author": {"@type": "Person", "name": writer},
        "publisher": _publisher(article),
    }


def _web_page(article: DemoArticle) -> dict[str, object]:
    return {
        "@context": "http://schema.org",
        "@type": "WebPage",
        "headline": article.headline,
        "url": article.url,
        "datePublished": _stamp(article, article.published),
    }


def _publisher(article: DemoArticle) -> dict[str, object]:
    logo = {"@type": "ImageObject", "url": f"{article.site.images}/img/logo.png", "width": 240, "height": 60}
    return {"@type": "Organization", "name": article.site.publisher, "logo": logo}


def _graph_article(article: DemoArticle) -> dict[str, object]:
    writers: tuple[Named, ...] = article.authors or article.editors
    if article.printed_writers and not article.authors:
        writers = (Named(name=article.printed_writers),)
    sections = list(article.sections)
    fields: dict[str, object] = {
        "@type": "NewsArticle",
        "headline": article.headline,
        "description": article.standfirst,
        "datePublished": _stamp(article, article.published),
        "dateModified": _stamp(article, article.modified),
        "mainEntityOfPage": {"@type": "WebPage", "@id": article.url},
        "image": [article.lead.url] if article.lead else [],
        "author": [_ld_person(person) for person in writers],
        "publisher": _publisher(article),
        "articleSection": sections if len(sections) > 1 else sections[0],
        "keywords": list(article.keywords),
        "isAccessibleForFree": article.free,
    }
    if article.editors:
        fields["editor"] = _ld_person(article.editors[0])
    return fields


def _ld_person(person: Named) -> dict[str, str]:
    return {"@type": "Person", "name": person.name, **({"url": person.url} if person.url else {})}


def _crumbs(article: DemoArticle) -> dict[str, object]:
    names = ("Home", *article.sections)
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "item": {"@id": url, "name": name}}
            for place, (name, url) in enumerate(zip(names, _crumb_urls(article), strict=True), start=1)
        ],
    }


def _crumb_urls(article: DemoArticle) -> tuple[str, ...]:
    return (f"{article.site.root}/", *(f"{article.site.root}/{slug(name)}" for name in article.sections))


def _data_layer(article: DemoArticle) -> str:
    editor = article.editors[0].name if article.editors else ""
    fields = {
        "editor": editor,
        "penulis": article.printed_writers or "",
        "publish_date": f"{article.published:%Y-%m-%d %H:%M:%S}",
        "domain": article.site.host.partition(".")[0],
        "title": article.headline,
        "section": slug(article.sections[-1]),
        "source": article.source.name if article.source else "",
        "content_category": slug(article.sections[-1]),
        "content_tag": ", ".join(article.keywords),
        "content_type": "standard" if article.free else "premium",
        "idArticle": str(article.article_id),
        "month": str(article.published.month),
        "year": str(article.published.year),
        "agent": "desktop",
    }
    lines = "\n".join(f"\t  '{name}': '{_js(value)}'," for name, value in fields.items())
    return f'<script type="text/javascript">\n\tdataLayer = [{{\n{lines}\n }}];\n</script>'


def _js(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'").replace("</", "<\\/")


# -- the article's box


def _article_box(view: View) -> str:
    article = view.article
    return f"""<div class="bsh mb20" id="va">
<div class="p1020 bsht">{_breadcrumb(article)}</div>
<div class="pos_rel" id="article">
{_kicker(article)}
<h1 class="f50 black2 f400 crimson" style="line-height:110%" id="arttitle">{esc(article.headline)}</h1>
{_standfirst(article)}
{_date(article)}
{_byline_under(view)}
{_share(article)}
<div id="article_con" class="fl pt20 pos_rel">
{_lead(article)}
<div class="cl2 mr20 fl cright w160 mb20" id="articleright"><div id="fixads"></div>{chrome.ad_slot("Left-WideSkyscraper")}</div>
{_summary(view)}
{_container(view)}
{_after_body(view)}
</div>
{chrome.choice_box(article)}
<div class="cl2"></div>
</div>
</div>"""


def _breadcrumb(article: DemoArticle) -> str:
    names = ("Home", *article.sections)
    items = '\n<span class="pl5 pr5">&raquo;</span>\n'.join(
        '<li itemprop="itemListElement" itemscope itemtype="http://schema.org/ListItem" style="display: inline-block;">'
        f'<h4 class="dip"><a itemtype="http://schema.org/Thing" itemprop="item" href="{url}">'
        f'<span itemprop="name">{esc(name)}</span></a></h4><meta itemprop="position" content="{place}" /></li>'
        for place, (name, url) in enumerate(zip(names, _crumb_urls(article), strict=True), start=1)
    )
    return f'<ul class="breadcrumb" itemscope itemtype="http://schema.org/BreadcrumbList">\n{items}\n</ul>'


def _kicker(article: DemoArticle) -> str:
    if article.kicker is None:
        return ""
    link = f'<a href="{article.site.root}/topic/{slug(article.kicker)}" title="{esc(article.kicker)}">'
    return f'<h2 class="red f16">{link}{esc(article.kicker)}</a></h2>'


def _standfirst(article: DemoArticle) -> str:
    tag = "h2" if article.era == 2026 else "h4"
    return f'<{tag} class="hide">{esc(article.standfirst)}</{tag}>'


def _date(article: DemoArticle) -> str:
    printed = esc(article.printed)
    match article.era:
        case 2026:
            stamp = article.published.isoformat(timespec="minutes")
            return f'<div class="mt10"><time class="grey" datetime="{stamp}">{printed}</time></div>'
        case 2024:
            return f'<div class="mt10"><time class="grey" style="display:inline-block;">Tayang: {printed}</time></div>'
        case _ if article.site.prints_zone:
            return f'<div class="mt10"><time class="grey" style="display:inline-block;">{printed}</time><div class="grey bdr3 cl2 mt10"></div></div>'
        case _:
            return f'<div class="grey bdr3 pb10 pt10"><time>{printed}</time></div>'


def _share(article: DemoArticle) -> str:
    button = f'<div class="fb-like" data-href="{article.url}" data-layout="button_count"></div>'
    if article.era == 2026:
        return f'<div class="share-wrapper" data-content-id="{article.article_id}">{button}<span>AA</span><span>Text Sizes</span></div>'
    return f'<div class="mt10 share hide sharebtn" style="height:20px">{button}<div class="fr"><span>AA</span><a href="#" title="Share">Share</a></div></div>'


# -- byline


def _people(people: Iterable[Named]) -> str:
    return " dan ".join(
        f'<a href="{person.url}" title="{esc(person.name)}">{esc(person.name)}</a>'
        if person.url
        else esc(person.name)
        for person in people
    )


def _writers(article: DemoArticle) -> str:
    """The writers as printed: those who are persons with their links, a team as plain text."""
    if not article.printed_writers:
        return ""
    names = " dan ".join(person.name for person in article.authors)
    return _people(article.authors) if names == article.printed_writers else esc(article.printed_writers)


def _byline_lines(article: DemoArticle) -> str:
    writers, editors = _writers(article), _people(article.editors)
    match article.byline_style:
        case "none":
            return ""
        case "pipe":
            return "|"
        case "one-line":
            return f"Penulis: {writers} | Editor: {editors}"
    writer = f'<div id="penulis">Penulis: {writers}\t\t</div>' if writers else ""
    editor = f'<div id="editor">\n\t\tEditor: {editors}\t\t</div>' if editors else ""
    return f"{writer}\n{editor}"


def _byline_under(view: View) -> str:
    lines = _byline_lines(view.article) if view.byline == "under" else ""
    return f'<div class="f20 credit mt10">{lines}</div>' if lines.strip() else ""


def _byline_after(view: View) -> str:
    if view.byline != "after":
        return ""
    article = view.article
    source = f"<div>\n\t\tSumber: {_source_link(article.source)}\t\t</div>" if article.source else ""
    return f'<div class="f12 grey mb15">\n{_byline_lines(article)}\n{source}\n</div>'


def _source_link(source: Named) -> str:
    return f"<a href='{source.url}' target='_blank' title='{esc(source.name)}'>{esc(source.name)}</a>"


def _sources(view: View) -> str:
    source = view.article.source
    if source is None or view.byline == "after":
        return ""
    return f'<div class="sources mb20"><h6>Sumber: <div class="dip">{_source_link(source)}</div></h6></div>'


# -- photo


def _lead(article: DemoArticle) -> str:
    if article.lead is None:
        return '<div id="artimg"></div>'
    photo = article.lead
    box = f'data-descPosition="bottom" data-glightbox="title:{esc(photo.caption)};"'
    return f"""<div id="artimg"><div class="pb20 ovh"><div class="ovh imgfull_div" style="position:relative;">
<a class="icon_zoom glightbox" href="{photo.url}" {box}><img src="{article.site.images}/img/zoom-in.svg" width="16" height="16" alt="zoom-in"/><small>lihat foto</small></a>
<a href="{photo.url}" {box} class="glightbox"><img style="float:none;height:auto" class="imgfull" src="{photo.url}" width='700' height='393' alt="{esc(article.headline)}" /></a>
</div><div class="cl2"></div>{_credit(photo)}<div class="cl2"></div><div class="arial f12 pt5 grey2">{esc(photo.caption)}&nbsp;</div></div></div>
{chrome.ad_slot("BelowImages")}"""


def _credit(photo: DemoPhoto) -> str:
    if photo.credit is None:
        return ""
    return f'<div class="f11 white pa3 fr pos_rel ar" style="margin-top: -22px;background: rgba(0,0,0,.5);">{esc(photo.credit)}</div>'


# -- body and what follows it


def _summary(view: View) -> str:
    if not view.article.abstract:
        return ""
    items = "".join(f"<li>{esc(line)}</li>" for line in view.article.abstract)
    return f'<blockquote class="summary-article"><p><strong>Ringkasan Berita:</strong></p><ul>{items}</ul></blockquote>'


def _container(view: View) -> str:
    article = view.article
    classes = "side-article txt-article" + ("" if article.era == 2020 else " multi-fontsize editcontent")
    inner = container(article, view.blocks)
    return f'<div class="{classes}">\n{inner}\n</div>\n{_safety(view)}'


def _safety(view: View) -> str:
    """The publisher's own plain text, which the pages of 2021 to 2024 carry in a script."""
    article = view.article
    if article.era != 2024:
        return ""
    pages = article.pages if article.safety_text == "all" else (view.blocks,)
    text = " ".join(plain_text(page) for page in pages).replace("\\", "\\\\").replace('"', '\\"')
    return f'<script>var keywordBrandSafety = "{text.replace("</", "")}";</script>'


def _after_body(view: View) -> str:
    return f"""<div class="side-article mb5">
{_pager(view)}
{_tags(view.article)}
{_sources(view)}
{_read_also(view.article)}
{_byline_after(view)}
{chrome.follow_us(view.article.site)}
</div>
<div id="fixsharebottom"></div>"""


def page_url(article: DemoArticle, number: int) -> str:
    return article.url if number == 1 else f"{article.url}?page={number}"


def _pager(view: View) -> str:
    if not view.has_pager:
        return ""
    return _new_pager(view) if view.article.era == 2026 else _old_pager(view)


def _old_pager(view: View) -> str:
    article, following = view.article, ""
    if view.number < article.page_count:
        following = (
            f'<div class="mb20"><a class="bgblue white ptb5 plr10 f18" href="{page_url(article, view.number + 1)}">'
            'Halaman selanjutnya <i class="fa fa-arrow-right"></i></a></div>'
        )
    current = ' id="pagecurrent" class="white bgblue" style="margin-left:1px!important;font-size:14px"'
    links = "".join(
        f'<a href="{page_url(article, n)}"{current if n == view.number else " style=" + chr(34) + "font-size:14px" + chr(34)}>{n}</a>'
        for n in range(1, article.page_count + 1)
    )
    return (
        f"{following}<div class='paging mb20'><div class='pt10 pb5 plr10 ovh bggrey'>"
        f"<div class='pr5 pt7 fbo2 grey2 fl f14'>Halaman</div>{links}<div class='cl2'></div></div></div>"
    )


def _new_pager(view: View) -> str:
    article = view.article
    links = "".join(
        f'<a rel="page-{n}" href="{page_url(article, n)}"{" class=" + chr(34) + "active" + chr(34) if n == view.number else ""}>{n}</a>'
        for n in range(1, article.page_count + 1)
    )
    return (
        f'<div class="paging"><div class="pagination-wrap"><span class="total-page">Halaman {view.number}/{article.page_count}</span>'
        f'<div class="page-number">{links}</div></div></div>'
    )


def _tags(article: DemoArticle) -> str:
    links = "".join(
        f"<h5 class='tagcloud3'><a class='rd2' href='{article.site.root}/tag/{slug(tag)}?url={article.path[1:]}' title='{esc(tag)}'>{esc(tag)}</a></h5>"
        for tag in article.keywords
    )
    inner = links if article.era == 2020 else f'<div itemprop="keywords">{links}</div>'
    return f"""<div class="mb10 f16 ln24 mb10 mt5" style="display:inline-block"><div class="fbo2 pr10 grey fl">Tags <i class='fa fa-tags grey'></i></div>
{inner}</div>"""


def _read_also(article: DemoArticle) -> str:
    """The "Baca Juga" table below the article, the same on each of its pages."""
    rows = "\n".join(
        f'<table style="width: 100%"><tbody><tr><th class="bdr2" style="width: 80%"><a href="{url}" title="{esc(title)}" class="fbo2 f15">{esc(title)}</a></th>'
        f'<td class="bdr2"><img data-src="{article.site.images}/img/kosong.png" class="pa5 lozad" height="80" width="125" alt=""/></td></tr></tbody></table>'
        for title, url in article.recommended[:3]
    )
    return f"""<div class="mb10"><div class="f18 fbo2 pb10"><span class='fbo2 grey'>Baca Juga</span></div><div class="mt5 bdr"></div>
<div class="f14">{rows}</div></div>"""


# -- other kinds of page


def render_amp(article: DemoArticle, page_number: int = 1, *, all_pages: bool = False) -> str:
    """The AMP form of an article page."""
    view = View(article=article, number=page_number, all_pages=all_pages)
    site = article.site
    menu = "".join(
        f'<li><a href="{site.root}/amp/{slug(name)}">{esc(name)}</a></li>' for name in site.sections
    )
    lead = article.lead
    picture = (
        f'<amp-img src="{lead.url}" width="700" height="393" layout="responsive"></amp-img>' if lead else ""
    )
    caption = f'<div class="arial f12 pt5 grey2">{esc(lead.caption)}</div>' if lead else ""
    return f"""<!DOCTYPE html>
<html amp lang="id">
<head><meta charset="utf-8"><title>{esc(_title(view))}</title>
<link rel="canonical" href="{article.url}">
<meta name="viewport" content="width=device-width,minimum-scale=1,initial-scale=1">
{_json_ld(article)}
<script async src="https://amp.example/v0.js"></script></head>
<body><amp-sidebar id="menu" layout="nodisplay"><ul>{menu}</ul></amp-sidebar>
<div id="article">{_kicker(article)}<h1 id="arttitle">{esc(article.headline)}</h1>
{_date(article)}
<div class="credit">{_byline_lines(article)}</div>
<div id="artimg">{picture}{_credit(lead) if lead else ""}{caption}</div>
<div class="side-article txt-article">
{container(article, view.blocks)}
</div>
{_pager(view)}
</div>{chrome.footer(site)}</body></html>
"""


def render_other(card: Card, sample: DemoArticle) -> str:
    """A video or gallery page: the frame of an article page, with a player or pictures and hardly any text.

    `sample` lends the frame its boxes.
    """
    site = card.site
    kind = {"video": "VideoObject", "gallery": "ImageGallery"}[card.kind]
    data = {
        "@context": "https://schema.org",
        "@type": kind,
        "name": card.headline,
        "url": card.url,
        "uploadDate": card.published.isoformat(),
    }
    og_type = "video.other" if card.kind == "video" else "article"
    return f"""<!DOCTYPE html>
<html lang="id-ID"><head>
<title>{esc(card.headline)} - {esc(site.brand)}</title>
<meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
<link rel="canonical" href="{card.url}"/>
<meta property="og:type" content="{og_type}" />
<meta property="og:title" content="{esc(card.headline)}" />
<meta property="og:url" content="{card.url}" />
{_script(data)}
</head>
<body id="body{card.kind}">
{chrome.top(site, "")}
<div class="content"><div class="fl w677"><div id="article" class="pos_rel">
<h1 class="f50 black2 f400 crimson" id="arttitle">{esc(card.headline)}</h1>
{_stage(card)}
</div>{chrome.recommended(sample)}</div>{chrome.sidebar(sample)}</div>
{chrome.bottom()}
</body></html>
"""


def _stage(card: Card) -> str:
    if card.kind == "video":
        return f"""<div class="video-stage" id="video_con"><iframe src="https://video.example/embed/{card.article_id}" width="640" height="360" allowfullscreen></iframe></div>
<div class="side-article txt-article"><p>Simak video suasana pagi di {esc(card.place)}.</p></div>"""
    pictures = "".join(
        f'<li><img src="{card.site.images}/foto/bank/galeri/{card.article_id}-{n}.png" alt="foto {n}"/><span>{n}/6</span></li>'
        for n in range(1, 7)
    )
    return f"""<div class="gallery" id="photo_gallery"><ul class="bxslider">{pictures}</ul></div>
<div class="side-article txt-article"><p>Warga {esc(card.place)} memulai hari setelah hujan reda.</p></div>"""

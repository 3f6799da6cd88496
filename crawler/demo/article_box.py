"""The box that holds the article: title, date, byline, photo, body, pager, tags, each where its era had it."""

# ruff: noqa: E501 - templates read best when an element is one line
from __future__ import annotations

from collections.abc import Iterable

from crawler.demo import chrome
from crawler.demo.body import container, plain_text
from crawler.demo.cards import slug
from crawler.demo.chrome import esc
from crawler.demo.head import crumb_urls
from crawler.demo.story import DemoArticle, DemoPhoto, Named
from crawler.demo.view import View, page_url


def article_box(view: View) -> str:
    article = view.article
    return f"""<div class="bsh mb20" id="va">
<div class="p1020 bsht">{_breadcrumb(article)}</div>
<div class="pos_rel" id="article">
{kicker(article)}
<h1 class="f50 black2 f400 crimson" style="line-height:110%" id="arttitle">{esc(article.headline)}</h1>
{_standfirst(article)}
{date(article)}
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
        for place, (name, url) in enumerate(zip(names, crumb_urls(article), strict=True), start=1)
    )
    return f'<ul class="breadcrumb" itemscope itemtype="http://schema.org/BreadcrumbList">\n{items}\n</ul>'


def kicker(article: DemoArticle) -> str:
    if article.kicker is None:
        return ""
    link = f'<a href="{article.site.root}/topic/{slug(article.kicker)}" title="{esc(article.kicker)}">'
    return f'<h2 class="red f16">{link}{esc(article.kicker)}</a></h2>'


def _standfirst(article: DemoArticle) -> str:
    tag = "h2" if article.era == 2026 else "h4"
    return f'<{tag} class="hide">{esc(article.standfirst)}</{tag}>'


def date(article: DemoArticle) -> str:
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


def byline_lines(article: DemoArticle) -> str:
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
    lines = byline_lines(view.article) if view.byline == "under" else ""
    return f'<div class="f20 credit mt10">{lines}</div>' if lines.strip() else ""


def _byline_after(view: View) -> str:
    if view.byline != "after":
        return ""
    article = view.article
    source = f"<div>\n\t\tSumber: {_source_link(article.source)}\t\t</div>" if article.source else ""
    return f'<div class="f12 grey mb15">\n{byline_lines(article)}\n{source}\n</div>'


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
</div><div class="cl2"></div>{credit(photo)}<div class="cl2"></div><div class="arial f12 pt5 grey2">{esc(photo.caption)}&nbsp;</div></div></div>
{chrome.ad_slot("BelowImages")}"""


def credit(photo: DemoPhoto) -> str:
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
{pager(view)}
{_tags(view.article)}
{_sources(view)}
{_read_also(view.article)}
{_byline_after(view)}
{chrome.follow_us(view.article.site)}
</div>
<div id="fixsharebottom"></div>"""


def pager(view: View) -> str:
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

"""Article pages in the network's markup of 2020, 2024 and 2026.

The skeleton of 2020 and the head of all eras follow a real page; what changed later (place of the byline,
date line, pager, summary, JSON-LD graph) follows descriptions of later pages. The site is a parameter:
tests give it a real host's name and serve the same markup there.
"""

# ruff: noqa: E501 - templates read best when an element is one line
from __future__ import annotations

from crawler.demo import chrome
from crawler.demo.article_box import article_box, byline_lines, credit, date, kicker, pager
from crawler.demo.body import container
from crawler.demo.cards import Card, slug
from crawler.demo.chrome import esc
from crawler.demo.head import head, json_ld, ld_script, title_of
from crawler.demo.story import BylinePlace, DemoArticle
from crawler.demo.view import View, page_url

__all__ = ["page_url", "render_amp", "render_article", "render_other"]

_FILLER = "<!-- filler -->"


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
            head(view),
            '<body id="bodyart">',
            chrome.top(article.site, article.printed.rpartition(" ")[0]),
            '<div class="content">',
            '<div class="fl w677">',
            article_box(view),
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
<head><meta charset="utf-8"><title>{esc(title_of(view))}</title>
<link rel="canonical" href="{article.url}">
<meta name="viewport" content="width=device-width,minimum-scale=1,initial-scale=1">
{json_ld(article)}
<script async src="https://amp.example/v0.js"></script></head>
<body><amp-sidebar id="menu" layout="nodisplay"><ul>{menu}</ul></amp-sidebar>
<div id="article">{kicker(article)}<h1 id="arttitle">{esc(article.headline)}</h1>
{date(article)}
<div class="credit">{byline_lines(article)}</div>
<div id="artimg">{picture}{credit(lead) if lead else ""}{caption}</div>
<div class="side-article txt-article">
{container(article, view.blocks)}
</div>
{pager(view)}
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
{ld_script(data)}
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

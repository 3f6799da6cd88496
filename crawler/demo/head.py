"""The head of an article page: meta elements, JSON-LD and dataLayer of each era, their mistakes included."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

from crawler.demo import chrome
from crawler.demo.cards import slug
from crawler.demo.chrome import esc
from crawler.demo.story import DemoArticle, Named
from crawler.demo.view import View


def head(view: View) -> str:
    article, site = view.article, view.article.site
    title = esc(f"{article.headline} - {site.brand}")
    image = article.lead.url if article.lead else f"{site.images}/img/logo.png"
    standfirst = esc(article.standfirst)
    return f"""<head>
<title>{esc(title_of(view))}</title>
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
{json_ld(article)}
{_data_layer(article)}
<link rel="shortcut icon" href="{site.root}/img/logo.png" />
<link rel="stylesheet" href="{site.root}/css/style.css" id="stylesheet" type="text/css" />
<link rel="alternate" type="application/rss+xml" title="{esc(site.brand)} RSS" href="{site.root}/rss" />
{chrome.head_scripts(site, article.sections[-1])}
</head>"""


def title_of(view: View) -> str:
    article = view.article
    if article.era == 2026 and view.all_pages:
        return f"{article.headline} - Halaman all - {article.site.brand}"
    if article.era == 2026 and view.number > 1:
        return f"{article.headline} - Halaman {view.number} - {article.site.brand}"
    return f"{article.headline} - {article.site.brand}"


def ld_script(data: object) -> str:
    # "<" would end the script element; json leaves it as it is.
    text = json.dumps(data, ensure_ascii=False, indent=2).replace("<", "\\u003c")
    return f'<script type="application/ld+json">\n{text}\n</script>'


def json_ld(article: DemoArticle) -> str:
    if article.era == 2026:
        return ld_script(
            {"@context": "https://schema.org", "@graph": [_graph_article(article), _crumbs(article)]}
        )
    return ld_script(_old_article(article)) + "\n" + ld_script(_web_page(article))


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
            for place, (name, url) in enumerate(zip(names, crumb_urls(article), strict=True), start=1)
        ],
    }


def crumb_urls(article: DemoArticle) -> tuple[str, ...]:
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

"""What a correct sidecar says about a demo article, under the sidecar's names."""

from __future__ import annotations

from collections.abc import Iterable

from crawler.demo.story import DemoArticle, DemoPhoto, Named, links_of, parts_of


def truth(article: DemoArticle) -> dict[str, object]:
    """The expected fields of the article's sidecar. What the page does not give is absent.

    `archive`, `extraction`, `version` and the hashes belong to the crawl and are not told here.
    """
    parts = parts_of(article)
    body = "\n\n".join(part.text for part in parts)
    fields: dict[str, object] = {
        "url": article.url,
        "headline": article.headline,
        "alternativeHeadline": article.kicker,
        "description": article.standfirst,
        "abstract": list(article.abstract),
        "articleSection": list(article.sections),
        "keywords": list(article.keywords),
        "inLanguage": "id",
        "author": _people(article.authors),
        "editor": _people(article.editors),
        "contributor": [{"name": name, "roleName": "reporter"} for name in article.contributors],
        "creditText": article.byline,
        "sourceOrganization": _named(article.source) if article.source else None,
        "isBasedOn": list(article.based_on),
        "dateline": article.dateline,
        "locationCreated": {"name": article.place} if article.place else None,
        "datePublished": article.published.isoformat(),
        "dateModified": article.modified.isoformat(),
        "datePublishedText": article.printed,
        "image": [_image(photo, number) for number, photo in enumerate(article.photos, start=1)],
        "articleBody": body,
        "wordCount": len(body.split()),
        "hasPart": [
            {"position": number, "page": part.page, "type": part.type, "text": part.text}
            for number, part in enumerate(parts, start=1)
        ],
        "relatedLink": [
            {
                "url": link.url,
                "name": link.name,
                "label": link.label,
                "page": link.page,
                "afterPosition": link.after,
            }
            for link in links_of(article)
        ],
        "pagination": {"pageCount": article.page_count, "pagesMissing": []},
        "isAccessibleForFree": article.free if article.era == 2026 else None,
    }
    return {name: value for name, value in fields.items() if value not in (None, [])}


def _people(people: Iterable[Named]) -> list[dict[str, str]]:
    return [_named(person) for person in people]


def _named(named: Named) -> dict[str, str]:
    return {"name": named.name, **({"url": named.url} if named.url else {})}


def _image(photo: DemoPhoto, position: int) -> dict[str, object]:
    fields = {"contentUrl": photo.url, "caption": photo.caption, "creditText": photo.credit}
    return {**{name: value for name, value in fields.items() if value}, "position": position}

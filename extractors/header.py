"""The fields around the body: headline, people, dates, sections, photo; each with where it came from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from html import unescape
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from extractors.article import Organization
from extractors.credits import read_people
from extractors.page import fold
from extractors.pager import without_page
from extractors.pictures import read_photo
from extractors.publication import read_publication
from extractors.scene import Header, Scene, main_object, select, text_of, texts, visible_text

_HOME = re.compile(r"home|beranda|depan|indeks", re.IGNORECASE)
_CRUMB_MARKS = " »›>/|•"
_LONGEST_ADDRESS = 2000
_TITLE_LABEL = re.compile(
    r"(?:breaking\s*news|update|eksklusif|exclusive|live|terkini|populer|video|foto|premium|advertorial|berita\s+foto)"
    r"\s*[:|\-–]?\s*",
    re.IGNORECASE,
)
_SITE_MARK = re.compile(r"\s+[-|–—]\s+")
_TOP_DOMAIN = re.compile(r"\.(?:com|co\.id|co|id|news)$", re.IGNORECASE)
_CUT_MARK = re.compile(r"\s*(?:\.{3}|…)\s*$")


def read_header(scene: Scene) -> Header:
    """All header fields: the rule's places first, then JSON-LD, the data layer and meta tags."""
    header = Header()
    ld = main_object(scene.page.json_ld)
    for reader in (
        _headline,
        _standfirst,
        _sections,
        _keywords,
        read_people,
        read_publication,
        _organizations,
        read_photo,
        _flags,
    ):
        reader(header, scene, ld)
    return header


def _headline(header: Header, scene: Scene, ld: Mapping[str, object]) -> None:
    tree, rule = scene.page.tree, scene.rule
    stated = _without_site(scene, text_of(ld, "headline"))
    if rule is not None:
        shown = _first(texts(tree, rule.headline))
        header.put("headline", _without_label(without_page(shown), stated) if shown else None, "rule")
        kickers = (text for text in texts(tree, rule.kicker) if text != header.fields.get("headline"))
        header.put("kicker", next(kickers, None), "rule")
        header.put("abstract", tuple(texts(tree, rule.abstract)), "rule")
    else:
        found = [text for node in tree.iter("h1") if (text := fold(node.text_content()))]
        if len(found) == 1:
            header.put("headline", found[0], "h1")
    header.put("headline", stated, "json-ld")
    if "headline" not in header.fields:
        title = fold(scene.page.meta.get("og:title", "")) or scene.page.title
        header.put("headline", _without_site(scene, title), "title")


def _first(found: list[str]) -> str | None:
    return found[0] if found else None


def _without_label(shown: str, stated: str) -> str:
    """A title without "Breaking News:" before it, where JSON-LD has it without."""
    label = shown.removesuffix(stated) if stated else ""
    return stated if label != shown and _TITLE_LABEL.fullmatch(label) else shown


def _without_site(scene: Scene, title: str) -> str:
    """A title without " - Halaman 2" and without " - Tribun Solo", however the host is spelled."""
    title = without_page(title)
    parts = _SITE_MARK.split(title)
    if len(parts) > 1 and _bare_name(parts[-1]) in _site_names(scene):
        return without_page(title[: title.rindex(parts[-1])].rstrip(" -|–—"))
    return title


def _site_names(scene: Scene) -> frozenset[str]:
    """What the host and its portal call themselves, as letters."""
    names = [scene.page.meta.get("og:site_name", "")]
    names += [scene.host.brand, scene.host.name, scene.host.dateline_brand] if scene.host is not None else []
    names += [scene.portal.publisher, scene.portal.title] if scene.portal is not None else []
    return frozenset(_site_name(name) for name in names if name)


@lru_cache(maxsize=64)  # a page asks twice, and a portal's next page for the same
def _site_name(name: str) -> str:
    return _bare_name(fold(name))


def _bare_name(name: str) -> str:
    return _letters(_TOP_DOMAIN.sub("", name))


def _standfirst(header: Header, scene: Scene, ld: Mapping[str, object]) -> None:
    """The standfirst; one that is cut off is completed from a description that begins with it."""
    described = [text_of(ld, "description")]
    described += [fold(unescape(scene.page.meta.get(name, ""))) for name in ("og:description", "description")]
    if scene.rule is not None:
        shown = _first(texts(scene.page.tree, scene.rule.standfirst))
        if shown is None:
            # AMP pages print no standfirst; JSON-LD repeats it on every page seen.
            header.put("standfirst", described[0], "json-ld")
            return
        stem = _letters(_CUT_MARK.sub("", shown))
        if shown in described and shown.endswith((".", "!", "?")):
            described = [shown]
        whole = max((text for text in described if _letters(text).startswith(stem)), key=len, default="")
        if len(_letters(whole)) > len(stem) and not _CUT_MARK.search(whole):
            header.put("standfirst", whole, "description")
        header.put("standfirst", shown, "rule")
        return
    for text, source in zip(described, ("json-ld", "meta", "meta"), strict=True):
        header.put("standfirst", text, source)


def _sections(header: Header, scene: Scene, ld: Mapping[str, object]) -> None:
    header.put_first("sections", _offered_sections(header, scene, ld))


def _offered_sections(
    header: Header, scene: Scene, ld: Mapping[str, object]
) -> Iterator[tuple[tuple[str, ...], str]]:
    headline = _letters(str(header.fields.get("headline", "")))
    if scene.rule is not None:
        crumbs, names = select(scene.page.tree, scene.rule.sections), _site_names(scene)
        shown = [visible_text(crumb).strip(_CRUMB_MARKS) for crumb in crumbs if not _leads_home(crumb, names)]
        yield _unique(n for n in shown if not _HOME.fullmatch(n) and _letters(n) != headline), "rule"
    yield _strings(ld.get("articleSection")), "json-ld"
    yield _breadcrumb(scene.page.json_ld, headline), "json-ld"
    yield _unique([scene.page.data_layer.get("section", "")]), "dataLayer"


def _leads_home(crumb: HtmlElement, names: frozenset[str]) -> bool:
    """Whether a link of the breadcrumb leads to the front page under the site's own name; the front page of
    another host of the portal is a section.
    """
    address = urlsplit((crumb.get("href") or "#").strip()[:_LONGEST_ADDRESS])
    return address.path in {"", "/"} and not address.fragment and _bare_name(visible_text(crumb)) in names


def _breadcrumb(objects: Iterable[Mapping[str, object]], headline: str) -> tuple[str, ...]:
    """The path to the article without its end, the article itself: `headline` is its letters."""
    for item in objects:
        entries = item.get("itemListElement")
        if item.get("@type") == "BreadcrumbList" and isinstance(entries, list):
            names = [fold(_entry_name(entry)) for entry in entries[:10]]
            return _unique(name for name in names if not _HOME.fullmatch(name) and _letters(name) != headline)
    return ()


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _entry_name(entry: object) -> str:
    if not isinstance(entry, dict):
        return ""
    inner = entry.get("item")
    name = entry.get("name") or (inner.get("name") if isinstance(inner, dict) else "")
    return name if isinstance(name, str) else ""


def _keywords(header: Header, scene: Scene, ld: Mapping[str, object]) -> None:
    """The tags, each once, whatever its capitals; shown ones before those that machines are told."""
    header.put_first("keywords", _offered_keywords(scene, ld))


def _offered_keywords(scene: Scene, ld: Mapping[str, object]) -> Iterator[tuple[tuple[str, ...], str]]:
    if scene.rule is not None:
        yield _tags(texts(scene.page.tree, scene.rule.keywords)), "rule"
    yield _tags(_strings(ld.get("keywords"))), "json-ld"
    yield _tags(_strings(scene.page.data_layer.get("content_tag", ""))), "dataLayer"
    for name in ("news_keywords", "keywords"):
        yield _tags(_strings(scene.page.meta.get(name, ""))), "meta"


def _tags(names: Iterable[str]) -> tuple[str, ...]:
    tags = _unique(name.strip("#, ") for name in names)
    first = {tag.casefold(): tag for tag in reversed(tags)}
    return tuple(tag for tag in tags if first[tag.casefold()] == tag)


def _strings(value: object) -> tuple[str, ...]:
    """A JSON-LD value as texts: a list, or one text with commas."""
    items = value if isinstance(value, list) else value.split(",") if isinstance(value, str) else []
    return _unique(item for item in items[:100] if isinstance(item, str))


def _unique(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for item in items if (text := fold(unescape(item)))))


def _organizations(header: Header, scene: Scene, ld: Mapping[str, object]) -> None:
    publisher = ld.get("publisher")
    if isinstance(publisher, dict):
        name, url = publisher.get("name"), publisher.get("url")
        if isinstance(name, str) and fold(name):
            link = url if isinstance(url, str) and url.startswith("http") else None
            header.put("publisher", Organization(name=fold(name), url=link), "json-ld")
    site = fold(scene.page.meta.get("og:site_name", ""))
    if site:
        header.put("publisher", Organization(name=site), "meta")
    if scene.portal is not None:
        name = scene.host.brand if scene.host is not None else scene.portal.publisher
        header.put("publisher", Organization(name=name, url=scene.portal.publisher_url), "portal")


def _flags(header: Header, scene: Scene, ld: Mapping[str, object]) -> None:
    free = ld.get("isAccessibleForFree")
    said = str(free).rpartition("/")[2].strip().lower() if isinstance(free, bool | str) else ""
    if said in {"true", "false"}:
        header.put("free", said == "true", "json-ld")
    if scene.page.data_layer.get("content_type", "").strip().lower() == "premium":
        header.put("free", False, "dataLayer")
    language = scene.page.tree.get("lang") or text_of(ld, "inLanguage")
    if re.match(r"[a-zA-Z]{2,3}(?:[-_]|$)", language or ""):
        header.put(
            "language",
            re.split(r"[-_]", language)[0].lower(),
            "html" if scene.page.tree.get("lang") else "json-ld",
        )
    if scene.portal is not None:
        header.put("language", scene.portal.language, "portal")

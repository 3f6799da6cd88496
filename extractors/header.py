"""The fields around the body: headline, people, dates, sections, photo; each with where it came from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import unescape

from extractors.article import Organization
from extractors.credits import read_people
from extractors.page import fold
from extractors.pager import without_page
from extractors.pictures import read_photo
from extractors.publication import read_publication
from extractors.scene import Header, Scene, main_object, text_of, texts

_HOME = re.compile(r"home|beranda|depan|indeks", re.IGNORECASE)
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
    if rule is not None:
        header.put("headline", _first(texts(tree, rule.headline)), "rule")
        header.put("kicker", _first(texts(tree, rule.kicker)), "rule")
        header.put("abstract", tuple(texts(tree, rule.abstract)), "rule")
    else:
        shown = [text for node in tree.iter("h1") if (text := fold(node.text_content()))]
        if len(shown) == 1:
            header.put("headline", shown[0], "h1")
    header.put("headline", text_of(ld, "headline"), "json-ld")
    header.put("headline", _site_title(scene), "title")


def _first(found: list[str]) -> str | None:
    return found[0] if found else None


def _site_title(scene: Scene) -> str:
    """The document's title without " - Halaman 2" and without " - Tribun Solo"."""
    title = without_page(fold(scene.page.meta.get("og:title", "")) or scene.page.title)
    site = fold(scene.page.meta.get("og:site_name", ""))
    names = [name for name in (site, scene.host.brand if scene.host else "") if name]
    for name in names:
        title = re.sub(rf"\s+[-|–]\s+{re.escape(name)}\s*$", "", title, flags=re.IGNORECASE)
    return title


def _standfirst(header: Header, scene: Scene, ld: Mapping[str, object]) -> None:
    """The standfirst; one that is cut off is completed from a description that begins with it."""
    described = [text_of(ld, "description")]
    described += [fold(scene.page.meta.get(name, "")) for name in ("og:description", "description")]
    if scene.rule is not None:
        shown = _first(texts(scene.page.tree, scene.rule.standfirst))
        if shown is None:
            # AMP pages print no standfirst; JSON-LD repeats it on every page seen.
            header.put("standfirst", described[0], "json-ld")
            return
        stem = _CUT_MARK.sub("", shown)
        whole = max((text for text in described if text.startswith(stem)), key=len, default="")
        if len(whole) > len(shown) and not _CUT_MARK.search(whole):
            header.put("standfirst", whole, "description")
        header.put("standfirst", shown, "rule")
        return
    for text, source in zip(described, ("json-ld", "meta", "meta"), strict=True):
        header.put("standfirst", text, source)


def _sections(header: Header, scene: Scene, ld: Mapping[str, object]) -> None:
    if scene.rule is not None:
        shown = [name for name in texts(scene.page.tree, scene.rule.sections) if not _HOME.fullmatch(name)]
        header.put("sections", _unique(shown), "rule")
    header.put("sections", _strings(ld.get("articleSection")), "json-ld")
    header.put("sections", _breadcrumb(scene.page.json_ld, header), "json-ld")
    header.put("sections", _unique([scene.page.data_layer.get("section", "")]), "dataLayer")


def _breadcrumb(objects: Iterable[Mapping[str, object]], header: Header) -> tuple[str, ...]:
    """The path to the article without its end, the article itself."""
    headline = _letters(str(header.fields.get("headline", "")))
    for item in objects:
        entries = item.get("itemListElement")
        if item.get("@type") == "BreadcrumbList" and isinstance(entries, list):
            names = [fold(_entry_name(entry)) for entry in entries[:10]]
            return _unique(name for name in names if not _HOME.fullmatch(name) and _letters(name) != headline)
    return ()


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _entry_name(entry: object) -> str:
    if not isinstance(entry, dict):
        return ""
    inner = entry.get("item")
    name = entry.get("name") or (inner.get("name") if isinstance(inner, dict) else "")
    return name if isinstance(name, str) else ""


def _keywords(header: Header, scene: Scene, ld: Mapping[str, object]) -> None:
    if scene.rule is not None:
        shown = texts(scene.page.tree, scene.rule.keywords)
        header.put("keywords", _unique(text.lstrip("# ") for text in shown), "rule")
    header.put("keywords", _strings(ld.get("keywords")), "json-ld")
    header.put("keywords", _strings(scene.page.data_layer.get("content_tag", "")), "dataLayer")
    for name in ("news_keywords", "keywords"):
        header.put("keywords", _strings(scene.page.meta.get(name, "")), "meta")


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
    if isinstance(free, bool) or (isinstance(free, str) and free.lower() in {"true", "false"}):
        header.put("free", free if isinstance(free, bool) else free.lower() == "true", "json-ld")
    language = scene.page.tree.get("lang") or text_of(ld, "inLanguage")
    if re.match(r"[a-zA-Z]{2,3}(?:[-_]|$)", language or ""):
        header.put(
            "language",
            re.split(r"[-_]", language)[0].lower(),
            "html" if scene.page.tree.get("lang") else "json-ld",
        )
    if scene.portal is not None:
        header.put("language", scene.portal.language, "portal")

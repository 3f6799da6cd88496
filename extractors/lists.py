"""What a daily index, a sitemap or a feed offers: article links, what is skipped and why, further lists."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

from lxml import etree
from lxml.html import HtmlElement

from extractors.addresses import identify
from extractors.article import ListedLink, Listing, SkippedLink, Verdict
from extractors.dates import in_zone, read_iso
from extractors.page import MAX_BODY, Page, absolute, fold, parse, unwrap
from extractors.pager import is_current
from extractors.portal import JAKARTA, Index
from extractors.portals import portal_of
from extractors.scene import every

MAX_LINKS = 50_000
"""Links that a sitemap or feed may have (sitemaps.org)."""
MAX_INDEX_LINKS = 2_000
"""Links that one page of a daily index is believed to have; the largest seen has some hundred."""
_MAX_MEMBERS = 100
_MANY_ALIKE = 5
"""Entries that all changed in the same second: this is when the list was made."""
_GZIP = b"\x1f\x8b"
_MARKUP = re.compile(
    rb"<\s*(?:[\w.-]+:)?(urlset|sitemapindex|rss|feed|rdf|html|!doctype\s+html)\b", re.IGNORECASE
)
_DESCRIBING = frozenset({"sitemap", "url", "item", "entry"})
_MAX_ELEMENTS = 20 * MAX_LINKS
_STEP = 1 << 16
_XML_LISTS = frozenset({b"urlset", b"sitemapindex", b"rss", b"feed", b"rdf"})


def read_list(body: bytes, *, url: str, captured_at: datetime, content_type: str | None = None) -> Listing:
    """The links of a list. Never raises; a list that cannot be read is empty and says why."""
    try:
        content, missing = _inflate(body)
        if len(content) > MAX_BODY:
            content, missing = content[:MAX_BODY], "larger than the size limit"
        listing = _read(content, unwrap(url), captured_at, content_type)
    except Exception as error:  # noqa: BLE001 - the border: one list must never end a run
        return _no_list(f"{type(error).__name__} while reading the list")
    return replace(listing, missing=missing) if missing else listing


def _no_list(reason: str) -> Listing:
    return Listing(recognised=False, warnings=(reason,), missing=reason)


def _inflate(body: bytes) -> tuple[bytes, str]:
    """A gzip body, unpacked up to the limit of a page, where a bomb ends; and why it is not all of it."""
    if not body.startswith(_GZIP):
        return body, ""
    content, rest = b"", body
    for _ in range(_MAX_MEMBERS):
        engine = zlib.decompressobj(wbits=31)
        content += engine.decompress(rest, MAX_BODY - len(content) + 1)
        if len(content) > MAX_BODY:
            return content[:MAX_BODY], "larger than the size limit"
        if not engine.eof:
            return content, "body was cut"
        rest = engine.unused_data
        if not rest.startswith(_GZIP):
            return content, ""
    return content, "too many gzip members"


def _read(body: bytes, url: str, captured_at: datetime, content_type: str | None) -> Listing:
    match = _MARKUP.search(body[:4096].replace(b"\0", b""))
    if match is not None and match[1].lower() in _XML_LISTS:
        return _read_xml(body, url, captured_at)
    media_type = "text/html" if content_type and "xml" in content_type else content_type
    page = parse(body, url=url, captured_at=captured_at, content_type=media_type)
    if isinstance(page, Verdict):
        return _no_list(page.reason)
    if page.cut:
        return _no_list(f"the list cannot be read whole: {page.cut}")
    return _read_index(page)


# -- the daily index


def _read_index(page: Page) -> Listing:
    portal = portal_of(page.url)
    index = portal.index if portal is not None else Index()
    items = every(page.tree, index.items)
    found = [link for item in items[:MAX_INDEX_LINKS] for link in _offer(item, page, index)]
    listing = _sorted(found)
    asked = _page_number(page.url, index) or 1
    shown, last = _pager(page, index)
    warnings: tuple[str, ...] = ()
    if shown is not None and shown < asked:
        warnings = (f"page {asked} was asked for and page {shown} was given: the list has ended",)
    follows = not warnings and items and last is not None and asked < last
    more = (_with_page(page.url, asked + 1, index),) if follows else ()
    recognised = bool(items) or bool(every(page.tree, index.frame))
    return replace(
        listing, more=more, page=shown, last_page=last, recognised=recognised, warnings=warnings,
        missing=f"more than {MAX_INDEX_LINKS} links" if len(items) > MAX_INDEX_LINKS else "",
    )  # fmt: skip


def _offer(item: HtmlElement, page: Page, index: Index) -> Iterator[ListedLink | SkippedLink]:
    """The one article of a list item; its title link is absolute where its picture's is not."""
    heading = next(item.iter("h3", "h2"), None)
    link = next((link for title in item.iter("h3", "h2") for link in title.iter("a")), None)
    link = link if link is not None else next(item.iter("a"), None)
    url = page.absolute(link.get("href") or "") if link is not None and link.get("href") else None
    if link is None or url is None:
        return
    if every(item, index.advertisement):
        yield SkippedLink(url=url, reason="advertisement")
        return
    shown = heading if heading is not None and fold(heading.text_content()) else link
    title = fold(link.get("title") or "") or fold(shown.text_content())
    printed = next((fold(node.text_content()) for node in every(item, index.date_text)), "")
    yield ListedLink(url=url, title=title or None, published_text=printed or None)


def _sorted(found: list[ListedLink | SkippedLink]) -> Listing:
    """Article links, each article once, and the others with the reason why they are left alone."""
    links: dict[str, ListedLink] = {}
    skipped: list[SkippedLink] = []
    for offer in found:
        if isinstance(offer, SkippedLink):
            skipped.append(offer)
            continue
        address = identify(offer.url)
        if address is not None:
            links.setdefault(address.url, replace(offer, address=address))
        else:
            reason = "another site" if portal_of(offer.url) is None else "not the address of an article"
            skipped.append(SkippedLink(url=offer.url, reason=reason))
    return Listing(links=tuple(links.values()), skipped=tuple(skipped))


def _page_number(url: str, index: Index) -> int | None:
    try:
        value = parse_qs(urlsplit(url).query).get(index.page_parameter, [""])[0]
    except ValueError:
        return None
    return int(value) if value.isdecimal() and 0 < len(value) < 6 else None


def _with_page(url: str, number: int, index: Index) -> str:
    parts, parameter = urlsplit(url), index.page_parameter
    query = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != parameter
    ]
    return urlunsplit(parts._replace(query=urlencode([*query, (parameter, str(number))]), fragment=""))


def _pager(page: Page, index: Index) -> tuple[int | None, int | None]:
    """The number that the index's pager marks as this page, and the last page that it leads to."""
    boxes = every(page.tree, index.pager)
    current = next(
        (
            int(text)
            for box in boxes
            for entry in box.iter("a", "span", "b", "strong")
            if _is_here(entry) and (text := fold(entry.text_content())).isdecimal() and len(text) < 6
        ),
        None,
    )
    links = [page.absolute(link.get("href") or "") for box in boxes for link in box.iter("a")]
    known = [_page_number(link or "", index) for link in links] + [current]
    return current, max((number for number in known if number is not None), default=None)


def _is_here(entry: HtmlElement) -> bool:
    return is_current(entry) or (entry.tag != "a" and not len(entry) and entry.getparent().tag != "a")


# -- sitemaps and feeds


def _read_xml(body: bytes, url: str, captured_at: datetime) -> Listing:
    """The links of a sitemap, of an index of sitemaps, or of a feed, up to the most that one may have."""
    root, missing = "", ""
    found: list[ListedLink] = []
    for name, node in _records(body):
        offer, root = _described(node) if node is not None else None, name
        address = absolute(url, offer.url) if offer is not None else None
        if offer is not None and address is not None:
            found.append(replace(offer, url=address))
        if len(found) > MAX_LINKS or node is None:
            missing = f"more than {MAX_LINKS} links" if node is not None else "more tags than a list has"
            break
    if not root:
        return _no_list("the list is not XML")
    del found[MAX_LINKS:]
    if root == "sitemapindex":
        return Listing(more=tuple(dict.fromkeys(offer.url for offer in found)), missing=missing)
    listing = replace(_sorted([*_believed(found, captured_at)]), missing=missing)
    return listing if root == "urlset" else _without_home(listing)


def _records(body: bytes) -> Iterator[tuple[str, etree._Element | None]]:
    """The root's name and each element that may describe a link, which is then forgotten: as a whole, 16 MiB
    of XML can be 500 MB of tree. None in place of an element where there are too many.
    """
    parser = etree.XMLPullParser(
        events=("end",),
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        recover=True,
        load_dtd=False,
    )
    text, name, count = body.strip(), "", 0
    for place in range(0, len(text) + 1, _STEP):
        if place + _STEP > len(text):
            parser.feed(text[place:])
            with suppress(etree.XMLSyntaxError):
                parser.close()
        else:
            parser.feed(text[place : place + _STEP])
        for _, node in parser.read_events():
            assert isinstance(node, etree._Element)
            count, name = count + 1, name or _name(node.getroottree().getroot())
            if count > _MAX_ELEMENTS:
                yield name, None
                return
            if any(_name(above) in _DESCRIBING for above in node.iterancestors()):
                continue
            yield name, node
            _forget(node)


def _forget(node: etree._Element) -> None:
    node.clear()
    parent = node.getparent()
    while parent is not None and node.getprevious() is not None:
        del parent[0]


def _name(node: etree._Element) -> str:
    return etree.QName(node).localname.lower()


def _described(node: etree._Element) -> ListedLink | None:
    """What an element of a list says about one link."""
    name = _name(node)
    if name == "sitemap":
        location = _text(node, "loc")
        return ListedLink(url=location) if location else None
    if name == "url":
        return _sitemap_link(node)
    return _feed_link(node) if name in _DESCRIBING else None


def _text(node: etree._Element, *names: str) -> str:
    """The folded text of the first descendant with one of these names, whatever its namespace."""
    for name in names:
        for child in node.iter("{*}" + name):
            text = fold("".join(map(str, child.itertext())))
            if text:
                return text[:4096]
    return ""


def _sitemap_link(node: etree._Element) -> ListedLink | None:
    location = next((fold(child.text or "") for child in node.iterchildren("{*}loc")), "")
    if not location:
        return None
    published = _text(node, "publication_date") or _text(node, "lastmod")
    return ListedLink(
        url=location,
        title=_text(node, "title") or None,
        published_text=published or None,
        modified=_modified(node, "lastmod", location),
    )


def _modified(node: etree._Element, name: str, url: str) -> datetime | None:
    """When an entry was changed last, by its own word; without an offset, in the zone of its host."""
    moment = read_iso(_text(node, name))
    if moment is None:
        return None
    portal = portal_of(url)
    host = portal.host(urlsplit(url).hostname or "") if portal is not None else None
    return in_zone(moment, host.zone if host is not None else JAKARTA)


def _believed(found: list[ListedLink], captured_at: datetime) -> list[ListedLink]:
    """The offers without times of change that cannot be: of the future, or that of the list itself, which
    some portals give to all its entries.
    """
    times = Counter(offer.modified for offer in found if offer.modified)
    usual, count = times.most_common(1)[0] if times else (None, 0)
    all_alike = usual if len(times) == 1 and count >= _MANY_ALIKE else None
    return [
        replace(offer, modified=None)
        if offer.modified is not None
        and (offer.modified > captured_at or (offer.modified == all_alike and not _is_midnight(all_alike)))
        else offer
        for offer in found
    ]


def _is_midnight(moment: datetime) -> bool:
    return (moment.hour, moment.minute, moment.second) == (0, 0, 0)


def _feed_link(node: etree._Element) -> ListedLink | None:
    link = _text(node, "link") or _atom_link(node) or _text(node, "guid")
    if not link:
        return None
    published = _text(node, "pubDate", "published", "updated", "date")
    return ListedLink(
        url=link,
        title=_text(node, "title") or None,
        published_text=published or None,
        modified=_modified(node, "updated", link),
    )


def _atom_link(node: etree._Element) -> str:
    links = [link for link in node.iter("{*}link") if link.get("href")]
    chosen = next((link for link in links if link.get("rel", "alternate") == "alternate"), None)
    return chosen.get("href", "") if chosen is not None else ""


def _without_home(listing: Listing) -> Listing:
    """A feed whose links all lead to the home page offers nothing (seen on www in July 2026)."""
    if listing.links or not listing.skipped:
        return listing
    if all(urlsplit(link.url).path in {"", "/"} for link in listing.skipped):
        return Listing(warnings=("every link of the feed is the home page",))
    return listing

"""Photos: the address behind a late-loading image, the caption, and the credit printed with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from lxml.html import HtmlElement

from extractors.article import Photo
from extractors.names import OUTLET, is_person, looks_like_name
from extractors.page import fold
from extractors.portal import Rule
from extractors.scene import Header, Scene, every, select

_ADDRESSES = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-url", "src")
_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|webp|avif)$", re.IGNORECASE)
# Vectors and animations are icons and pixels; a placeholder waits for a script to put the photo there.
_NO_PHOTO = re.compile(
    r".*\.(?:svg|gif)|.*zoom-in[^/]*|.*/(?:blank|pixel|spacer|transparent|placeholder|loading|lazy|1x1|kosong"
    r"|no-?image|noimg)[-_\d]*\.\w+",
    re.IGNORECASE,
)
# What a page tells machines when it has no photo. A photo of a logo has a longer name.
_LOGO = re.compile(
    r".*/logo/.*|.*/(?:(?:logo|default|favicon|icon|og|share|image|img|tribun\w*|serambi\w*|v)[-_.\d]*)+\.\w+",
    re.IGNORECASE,
)
_GLIGHTBOX = re.compile(
    r"title\s*:\s*(.*?)\s*(?:;\s*(?:(?:description|type|effect|width|height)\b.*)?)?$", re.DOTALL
)
_CONTROL = re.compile(r"zoom-in.*|lihat\s+foto|perbesar|advertisement|share|bagikan", re.IGNORECASE)
_CREDIT_TAIL = re.compile(
    r"^(?P<caption>.*?)\s*(?:(?P<bracket>[(\[])\s*(?:Foto\s*:\s*)?(?P<credit>[^()\[\]]{2,100})[)\]]\s*\.?"
    r"|\bFoto\s*:\s*(?P<labelled>[^:()]{2,100}))$",
    re.DOTALL,
)
_WEEKDAY = r"senin|selasa|rabu|kamis|jum['’`]?at|sabtu|minggu|ahad"
# In final brackets without being a credit: dates, numbers, who stands where and wears what.
_NO_CREDIT = re.compile(
    rf"[\d\s/.,:%-]+(?:WIB|WITA|WIT)?|(?:{_WEEKDAY})\b.*|\d+\s.*"
    r"|(?:paling\s+|nomor\s+|ke)?(?:kiri|kanan|tengah|atas|bawah|depan|belakang|ilustrasi|dua|tiga|empat|satu)\b.*"
    r"|(?:ke(?:dua|tiga|empat|lima)|pertama|berdiri|duduk|ber(?:baju|jilbab|topi|kacamata|kaca)\w*|(?:baju|pakai"
    r"|memakai|mengenakan|memegang|jilbab|peci|topi|kaus|kemeja|jas|berjas)\s.*|persero|tbk|alm\w*)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_CREDIT_WORD = re.compile(
    r"(?:ist|istimewa|handover|hand\s*out|ho|dok\w*|foto|kolase|tangkap\w*|screen\w*|youtube|instagram|ig|facebook|fb"
    r"|tiktok|twitter|x|google|humas|getty|afp|ap|reuters|antara|xinhua|epa|net|internet|capture|capt|repro|canva"
    r"|pexels|pixabay|unsplash|freepik|shutterstock|wikipedia|wikimedia|whatsapp|wa|via|for|koleksi|arsip|grafis"
    rf"|ilustrasi\s*/|ss|{OUTLET})(?![\w-]).*|.*\S\s*/\s*\S.*|.*\b(?:for|via)\s.*|@.*",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST_CREDIT = 150
_MOST_IMAGES = 20
_LINE_TAGS = ("div", "p", "span", "figcaption", "small")


def read_photo(header: Header, scene: Scene, ld: Mapping[str, object]) -> None:
    """The lead photo with its caption and credit as shown. What machines are told counts only where the page
    has no place for a photo, and a logo is none.
    """
    rule = scene.rule
    if rule is not None:
        images = every(scene.page.tree, rule.photo)[:_MOST_IMAGES]
        for image in images:
            url = image_url(image, scene.page.absolute)
            if url is not None:
                caption, credit = _caption(scene.page.tree, rule, image)
                header.put("photos", (Photo(content_url=url, caption=caption, credit_text=credit),), "rule")
                return
        if images or not rule.photo or select(scene.page.tree, rule.photo_box):
            return
    _photo_of_scripts(header, scene, ld)


def _caption(tree: HtmlElement, rule: Rule, image: HtmlElement) -> tuple[str | None, str | None]:
    """Caption and credit; the credit can have a place of its own, beside the caption or in it."""
    shown = next((node for node in select(tree, rule.photo_credit) if fold(node.text_content())), None)
    credit = fold(shown.text_content()) if shown is not None else ""
    caption: str | None = None
    captions = select(tree, rule.photo_caption)
    for node in captions:
        text = fold(node.text_content())
        if shown is not None and any(inner is shown for inner in node.iterdescendants()):
            text = fold(text.removesuffix(credit))
        caption = caption or text or None
    if caption and (not rule.photo_credit or (shown is None and captions[0].tag == "figcaption")):
        return split_credit(caption)
    if caption is None or not credit:
        caption, credit = _completed(caption, credit, _lines_of_box(tree, rule))
    return caption or _lightbox_title(image, select(tree, rule.photo_box)), _unbracketed(credit)


def _lines_of_box(tree: HtmlElement, rule: Rule) -> list[str]:
    """What a photo's box prints, without its controls."""
    lines = (line for box in select(tree, rule.photo_box)[:1] for line in _texts(box))
    return [line for line in lines if not _CONTROL.fullmatch(line)]


def _texts(box: HtmlElement) -> Iterator[str]:
    for node in box.iter(*_LINE_TAGS):
        text = fold(node.text_content())
        if text and next((inner for inner in node.iterdescendants(*_LINE_TAGS)), None) is None:
            yield text


def _completed(caption: str | None, credit: str, lines: list[str]) -> tuple[str | None, str]:
    """Caption and credit in a box of unknown classes: of two lines the first is the credit, a single
    one is the caption.
    """
    match lines:
        case [line] if line != credit:
            return caption or line, credit
        case [first, second] if (
            len(first) <= _LONGEST_CREDIT and caption in {None, second} and credit in {"", first}
        ):
            return second, first
    return caption, credit


def _unbracketed(credit: str) -> str | None:
    inner = credit[1:-1]
    return (inner if credit[:1] + credit[-1:] == "()" and "(" not in inner else credit) or None


def _lightbox_title(image: HtmlElement, boxes: Iterable[HtmlElement]) -> str | None:
    """The caption that the enlarged photo shows, from the link around the image or beside it."""
    links = [*image.iterancestors("a"), *(link for box in boxes for link in box.iter("a"))]
    for link in links:
        match = _GLIGHTBOX.search(link.get("data-glightbox") or "")
        if match is not None and fold(match[1]):
            return fold(match[1])
    return None


def _photo_of_scripts(header: Header, scene: Scene, ld: Mapping[str, object]) -> None:
    image = ld.get("image")
    image = image[0] if isinstance(image, list) and image else image
    image = (image.get("url") or image.get("contentUrl")) if isinstance(image, dict) else image
    stated = isinstance(image, str) and image != ""
    link, source = (str(image), "json-ld") if stated else (scene.page.meta.get("og:image", ""), "meta")
    is_photo = link and not _is_no_photo(link) and not _LOGO.fullmatch(link.partition("?")[0])
    url = scene.page.absolute(link) if is_photo else None
    if url is not None and (scene.rule is None or source == "json-ld"):
        header.put("photos", (Photo(content_url=url),), source)


def image_url(image: HtmlElement, resolve: Callable[[str], str | None]) -> str | None:
    """The address of a picture, loaded late or not; None for icons and pixels, and for the copy that a
    browser saved beside its page, unless the link around it leads to the picture.
    """
    for link in _addresses(image):
        found = resolve(link) if not _is_no_photo(link) else None
        if found is not None:
            return found
    around = next((link.get("href") for link in image.iterancestors("a")), None)
    return resolve(around) if around and _PICTURE_FILE.search(around.partition("?")[0]) else None


def _addresses(image: HtmlElement) -> Iterator[str]:
    """What an image can be loaded from, the best first; last what its `picture` offers."""
    yield from (link for name in _ADDRESSES if (link := (image.get(name) or "").strip()))
    sets = [_largest(image.get(name)) for name in _SETS]
    around = next(image.iterancestors("picture"), None)
    if around is not None:
        sets += [_largest(source.get(name)) for source in around.iter("source") for name in _SETS]
    yield from (link.strip() for link in sets if link and link.strip())


def _largest(candidates: str | None) -> str | None:
    """Of "a.jpg 320w, b.jpg 800w" the widest; an address may hold commas, but no blanks."""
    found = re.findall(r"(\S+?)(?:\s+(\d+(?:\.\d+)?)[wx])?(?:,\s+|\s*$)", (candidates or "")[:4000])
    return max(found, key=lambda pair: float(pair[1] or 0))[0] if found else None


def _is_no_photo(link: str) -> bool:
    return (
        link.startswith(("data:", "about:", "blob:", "#"))
        or _NO_PHOTO.fullmatch(link.partition("?")[0]) is not None
    )


def split_credit(caption: str) -> tuple[str | None, str | None]:
    """A caption and the credit: in its final brackets ("A boat. (AFP/Ridho Hendrikos)") or after "Foto:"."""
    match = _CREDIT_TAIL.match(caption)
    credit = (match["labelled"] or match["credit"]).strip() if match is not None else ""
    if match is None or not (match["labelled"] or _is_credit(match["caption"], credit)):
        return caption or None, None
    return match["caption"].strip() or None, credit


def _is_credit(caption: str, credit: str) -> bool:
    """Whether final brackets credit somebody. Behind a finished sentence they do unless they say when or
    where; inside one, only if they name an outlet, a kind of source or a person.
    """
    if _NO_CREDIT.fullmatch(credit):
        return False
    if not caption or caption.endswith((".", "!", "?", "”", '"')) or _CREDIT_WORD.fullmatch(credit):
        return True
    return len(credit.split()) > 1 and is_person(credit) and looks_like_name(credit)


def with_positions(photos: Iterable[Photo]) -> tuple[Photo, ...]:
    """The photos in order, each once, numbered from 1."""
    unique = {photo.content_url: photo for photo in reversed(list(photos))}
    ordered = reversed(unique.values())
    return tuple(replace(photo, position=number) for number, photo in enumerate(ordered, start=1))

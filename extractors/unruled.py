"""The fields of portals without rules: what the page prints counts, scripts fill in, a doubt gives no value.

On Indonesian portals JSON-LD's `author` is often the editor, the portal itself or "Redaksi" (seen on the
markup of Republika, Antara, CNN Indonesia and of WordPress themes), so a printed label always wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import zip_longest
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from extractors.article import Contributor, Part, Photo
from extractors.body import Body
from extractors.bylines import is_byline_label, is_mere_label, read_labelled
from extractors.dates import PrintedDate, in_zone, read_iso, read_printed
from extractors.fallback import Found
from extractors.names import is_person, looks_like_name, persons, same_name, split_names
from extractors.page import Page, fold
from extractors.pictures import image_url, split_credit
from extractors.scene import Header, Scene, main_object, text_of
from extractors.strays import is_credit_line, is_stray, name_words
from extractors.surroundings import Surroundings, headline_node, is_other, surroundings

_REPUBLIKA = re.compile(r"\bRep\s*:\s*(?P<reporter>[^/|]+)[/|]\s*Red\s*:\s*(?P<editor>[^/|]+)", re.IGNORECASE)
_BY = re.compile(
    r"(?:(?:di(?:tulis|posting|publikasikan|unggah)|posted|written)\s+)?(?:oleh|by)\s*:?\s+(?P<names>\S.{1,80})",
    re.IGNORECASE,
)
_AUTHOR_WORDS = frozenset(
    {"author", "penulis", "reporter", "writer", "namerep", "byline", "wartawan", "redaksi"}
)
_NAME_END = re.compile(
    r"\s+[-–—|·•]\s+.*|\s*[|·•].*|,\s*(?:jurnalis|reporter|wartawan|editor)\b.*", re.IGNORECASE
)
_ORGANISATION = re.compile(
    r"\b(?:redaksi|redaktur|tim|team|media|news|kabar|berita|admin\w*|newsroom|online|tv|radio|koran|harian|pers"
    r"|press|portal|network|gr[uo]up|pt|desk|staff?|user|superadmin|cyber|digital|humas|kontributor|indonesia"
    r"|contributor|columnist|writer|editor|correspondent|reporter|producer|stories|view|all|more|agency|lihat|foto|baca|juga)\b|['’]s\b",
    re.IGNORECASE,
)
_NAME_TAGS = ("a", "span", "div", "p", "h4", "li", "b", "strong")
_BLOCKS = frozenset({"div", "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li"})
_DATE_NAME = re.compile(r"(?:publish|pub)\w*[-_.:]?(?:date|time)|date\.issued|sailthru\.date", re.IGNORECASE)
_DAY = len("2024-05-31")
_MOST_WORDS = 5
_LONGEST_NAME = 60
_LONGEST_CREDIT_LINE = 220
_LONGEST_DATE_LINE = 160
_CAPTION_WORDS = frozenset({"caption", "captions", "figcaption", "keterangan", "imgcaption"})
_LEVELS_UP = 4
_CREDITS = tuple(
    re.compile(rf"(?P<caption>.*?){credit}", re.IGNORECASE | re.DOTALL)
    for credit in (
        r"(?<=[.)])\s+(?P<credit>(?-i:[A-Z])[\w.-]*(?:\s(?-i:[A-Z]{2,}))?/\S.{1,80})",
        r"[\s.,]*\b(?:foto|photo|dok(?:umentasi)?)\s*[:/]\s*(?P<credit>\S.{1,100})",
        r"\s/(?P<credit>[^/]{2,60}(?:/[^/]{2,60})*)",
    )
)
_PHOTO_LABEL = re.compile(r"^(?:foto|photo)\s*[:/]\s*", re.IGNORECASE)
_NO_CREDIT = re.compile(r"[\d\s/.,:-]+|(?:kiri|kanan|tengah|atas|bawah)\b.*", re.IGNORECASE)
_SIZE = re.compile(r"[-_]\d{2,4}(?:x\d{2,4})?$")
_TAG_LINK = re.compile(r"/(?:tags?|topics?|topik|label)/", re.IGNORECASE)
_HOME = re.compile(r"home|beranda|depan|\W*", re.IGNORECASE)
_INDONESIAN = frozenset(
    {"yang", "dan", "di", "untuk", "dengan", "dari", "pada", "ini", "itu", "tidak", "akan", "ke"}
)
_ENGLISH = frozenset({"the", "and", "of", "to", "in", "for", "with", "that", "is", "was", "on", "as"})
_MOST_KEYWORDS = 30


def complete(header: Header, scene: Scene, found: Found) -> Body:
    """Put into a header what the page prints around the text; the body comes without lines of mere names."""
    page, ld = scene.page, main_object(scene.page.json_ld)
    container = found.container
    around = surroundings(page, container, found.body.parts) if container is not None else None
    headline = headline_node(page)
    if headline is not None:
        _replace(header, "headline", fold(str(headline.text_content())), "h1")
    elif header.sources.get("headline") == "h1":
        header.fields.pop("headline")
        header.put("headline", text_of(ld, "headline"), "json-ld")
        header.put("headline", _without_site(fold(page.meta.get("og:title", "")) or page.title), "title")
    named = _Credits(brands=frozenset(_brands(scene, ld)))
    named.read_scripts(page, ld)
    if around is not None:
        named.read_lines(around)
        named.read_marked(around, page)
    named.put(header)
    if around is not None:
        _date(header, scene, around)
        _photo(header, scene, around)
        header.put("sections", _breadcrumb(around, header), "breadcrumb")
        _replace(header, "keywords", _tags(around), "tags")
    header.put("sections", tuple(filter(None, (fold(page.meta.get("article:section", "")),))), "meta")
    body = _without_names(found.body, header)
    _language(header, body.parts)
    return body


def _without_site(title: str) -> str:
    """A document's title without its last part, the name of the site."""
    return re.sub(r"\s+[-–—|»]\s+[^-–—|»]{2,40}$", "", title)


def _replace(header: Header, name: str, value: object, source: str) -> None:
    if value not in (None, "", ()):
        header.fields.pop(name, None)
        header.put(name, value, source)


def _brands(scene: Scene, ld: Mapping[str, object]) -> Iterator[str]:
    """The names of the portal itself, as letters."""
    publisher = ld.get("publisher")
    names = [scene.page.meta.get(name, "") for name in ("og:site_name", "application-name", "twitter:site")]
    if isinstance(publisher, dict) and isinstance(publisher.get("name"), str):
        names.append(publisher["name"])
    names += (urlsplit(scene.page.url).hostname or "").split(".")[-3:-1]
    yield from filter(None, map(same_name, names))


@dataclass(slots=True)
class _Credits:
    """Who made the article, by where it is said; from the surest place to the least."""

    brands: frozenset[str]
    writers: list[str] = field(default_factory=list)
    reporters: list[str] = field(default_factory=list)
    editors: list[str] = field(default_factory=list)
    marked: list[str] = field(default_factory=list)
    stated: list[str] = field(default_factory=list)
    stated_editors: list[str] = field(default_factory=list)
    meta: list[str] = field(default_factory=list)
    others: list[Contributor] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)

    def read_scripts(self, page: Page, ld: Mapping[str, object]) -> None:
        self.stated = list(self._json_names(ld.get("author")))
        self.stated_editors = list(self._json_names(ld.get("editor")))
        for name in ("author", "content_author", "article:author", "dable:author", "twitter:data1"):
            value = fold(page.meta.get(name, ""))
            if not value.startswith(("http", "@")) and read_printed(value) is None:
                self.meta += [one for one in split_names(value) if self.is_name(one)]

    def _json_names(self, value: object) -> Iterator[str]:
        for item in (value if isinstance(value, list) else [value])[:20]:
            if isinstance(item, dict):
                name, url = item.get("name"), item.get("url")
                if item.get("@type", "Person") != "Person" or not isinstance(name, str):
                    continue
                names = [one for one in split_names(fold(name)) if self.is_name(one)]
                if len(names) == 1 and isinstance(url, str) and url.startswith("http"):
                    self.links.append((names[0], url))
                yield from names
            elif isinstance(item, str):
                yield from (one for one in split_names(fold(item)) if self.is_name(one))

    def is_name(self, name: str) -> bool:
        """Whether an unlabelled name can be a person's: no brand, no desk, no user name."""
        letters = same_name(name)
        if not is_person(name) or not looks_like_name(name) or len(name) > _LONGEST_NAME:
            return False
        if len(name.split(",", maxsplit=1)[0].split()) > _MOST_WORDS:
            return False
        return not self.is_brand(letters) and _ORGANISATION.search(name) is None

    def is_brand(self, letters: str) -> bool:
        return any(letters == brand or (len(letters) > 4 and letters in brand) for brand in self.brands)

    def read_lines(self, around: Surroundings) -> None:
        """Labelled lines: all before and after the text, in it only those that are nothing else."""
        inside = [text for text in around.inside if is_credit_line(text.strip("()[] "))]
        for lines in (around.before, inside, around.after):
            for text, following in zip_longest(lines, lines[1:], fillvalue=""):
                if len(text) <= _LONGEST_CREDIT_LINE:
                    self._read_line(text, following)

    def _read_line(self, text: str, following: str) -> None:
        if is_stray(text) and not is_credit_line(text):
            return
        shown = text.strip("()[] ")
        both = _REPUBLIKA.search(shown)
        if both is not None:
            self._keep(text, reporters=split_names(both["reporter"]), editors=split_names(both["editor"]))
        elif is_mere_label(shown) and self.is_name(following):
            self._read_label(f"{shown.rstrip(': ')}: {following}", text)
        elif is_byline_label(shown):
            self._read_label(re.split(r"copyright|©", shown, flags=re.IGNORECASE)[0], text)
        elif (by := _BY.fullmatch(shown)) is not None:
            self.marked += [one for one in split_names(_NAME_END.sub("", by["names"])) if self.is_name(one)]

    def _read_label(self, spelled: str, text: str) -> None:
        line = read_labelled(spelled)
        reporters = [one.name for one in line.contributors if one.role_name == "reporter"]
        self.others += [one for one in line.contributors if one.role_name != "reporter"]
        self._keep(text, writers=line.authors, reporters=reporters, editors=line.editors)

    def _keep(
        self,
        text: str,
        *,
        writers: Iterable[str] = (),
        reporters: Iterable[str] = (),
        editors: Iterable[str] = (),
    ) -> None:
        known = len(self.writers) + len(self.reporters) + len(self.editors)
        for names, kept in ((writers, self.writers), (reporters, self.reporters), (editors, self.editors)):
            for name in names:
                letters = same_name(name)
                if not self.is_brand(letters) and letters not in map(same_name, kept):
                    kept.append(name)
        if len(self.writers) + len(self.reporters) + len(self.editors) > known:
            self.lines.append(text.strip("()[] "))

    def read_marked(self, around: Surroundings, page: Page) -> None:
        """Elements that say by link or property that they hold the author; else those that say it by class
        and stand above the text.
        """
        nodes = [node for node in around.region.iter(*_NAME_TAGS) if _is_small(node)]
        nodes = [node for node in nodes if not _is_in_other(node, around.region)]
        above = " ".join(around.before)
        by_class = [node for node in nodes if not _AUTHOR_WORDS.isdisjoint(name_words(node))]
        for group in (
            [node for node in nodes if _is_author(node)],
            [node for node in by_class if fold(str(node.text_content())) in above],
        ):
            for node in group:
                self._mark(node, page)
            if self.marked:
                return

    def _mark(self, node: HtmlElement, page: Page) -> None:
        text = fold(str(node.text_content()))
        name = _NAME_END.sub("", text)
        by = _BY.fullmatch(name)
        name = by["names"] if by is not None else name
        if self.is_name(name) and read_printed(name) is None and not is_byline_label(text):
            self.marked.append(name)
            link = page.absolute(node.get("href") or "") if node.tag == "a" and node.get("href") else None
            if link is not None:
                self.links.append((name, link))

    def put(self, header: Header) -> None:
        for name in ("authors", "editors"):
            header.fields.pop(name, None)
            header.sources.pop(name, None)
        editors = _unique([*self.editors, *([] if self.editors else self.stated_editors)])
        header.put("editors", persons(editors, self.links), "byline" if self.editors else "json-ld")
        authors, source = self._authors(header, {same_name(name) for name in editors})
        header.put("authors", persons(authors, self.links), source)
        if self.writers:
            self.others += [Contributor(name=name, role_name="reporter") for name in _unique(self.reporters)]
        header.put("contributors", tuple(dict.fromkeys(self.others)), "byline")
        header.put("byline", " | ".join(_unique(self.lines)) or None, "byline")

    def _authors(self, header: Header, editors: set[str]) -> tuple[list[str], str]:
        """The writers: printed with a label, else where the sources agree; doubts are warnings."""
        if self.writers or self.reporters:
            return _unique(self.writers or self.reporters), "byline"
        candidates = [
            ([name for name in _unique(names) if same_name(name) not in editors], source)
            for names, source in ((self.marked, "byline"), (self.stated, "json-ld"), (self.meta, "meta"))
        ]
        if any(same_name(name) in editors for name in (*self.stated, *self.meta)):
            header.warnings.append("the page's scripts name the editor as author")
        given = [(names, source) for names, source in candidates if names]
        if not given:
            return [], "byline"
        first, source = given[0]
        letters = set(map(same_name, first))
        if any(letters.isdisjoint(map(same_name, names)) for names, _ in given[1:]):
            header.warnings.append("the page names different authors in different places")
            return [], source
        return first, source


def _unique(names: Iterable[str]) -> list[str]:
    by_letters: dict[str, str] = {}
    for name in names:
        by_letters.setdefault(same_name(name), name)
    return list(by_letters.values())


def _is_small(node: HtmlElement) -> bool:
    """Whether an element holds a name's length of text and no blocks."""
    text = fold(str(node.text_content()))
    return 2 < len(text) <= _LONGEST_NAME and not any(child.tag in _BLOCKS for child in node)


def _is_author(node: HtmlElement) -> bool:
    return "author" in (node.get("rel") or "").split() or node.get("itemprop") == "author"


def _is_in_other(node: HtmlElement, region: HtmlElement) -> bool:
    for holder in node.iterancestors():
        if holder is region:
            return False
        if is_other(holder):
            return True
    return False


def _date(header: Header, scene: Scene, around: Surroundings) -> None:
    """The printed time: its zone holds for the machine's clock time; alone it is the time of publication."""
    printed = _printed((*around.before, *around.after[:5]))
    for name, value in scene.page.meta.items():
        moment = read_iso(value) if _DATE_NAME.search(name) else None
        if moment is not None and len(value) > _DAY and "published" not in header.fields:
            header.put("published", in_zone(moment, scene.zone), "meta")
    if printed is None:
        moment = _machine_time(around)
        if moment is not None:
            _put_published(header, in_zone(moment, scene.zone), "time[datetime]")
        return
    header.put("published_text", printed.text, "byline")
    published, shown = header.fields.get("published"), printed.moment
    if not isinstance(published, datetime):
        moment = _machine_time(around) or shown
        _put_published(header, in_zone(moment, scene.zone), "printed")
    elif shown.tzinfo is not None and published.utcoffset() != shown.utcoffset():
        same_clock = published.replace(second=0, microsecond=0, tzinfo=None) == shown.replace(tzinfo=None)
        if same_clock and header.sources.get("published") != "printed":
            header.warnings.append("a script states the clock time with another zone than the page")
            _replace(header, "published", published.replace(tzinfo=shown.tzinfo), "printed")


def _put_published(header: Header, moment: datetime, source: str) -> None:
    if "published" not in header.fields:
        header.put("published", moment, source)


def _printed(lines: Iterable[str]) -> PrintedDate | None:
    for text in lines:
        date = read_printed(text) if len(text) <= _LONGEST_DATE_LINE else None
        if date is not None and date.has_time:
            return date
    return None


def _machine_time(around: Surroundings) -> datetime | None:
    for node in around.region.iter("time", "abbr", "meta", "span"):
        stamp = node.get("datetime") or node.get("content") or node.get("title") or ""
        if len(stamp) >= 16 and (node.tag == "time" or _is_date_mark(node)):
            moment = read_iso(stamp)
            if moment is not None:
                return moment
    return None


def _is_date_mark(node: HtmlElement) -> bool:
    return node.get("itemprop") == "datePublished" or "published" in (node.get("class") or "").split()


def _photo(header: Header, scene: Scene, around: Surroundings) -> None:
    """The picture that the page shows with the title, its caption and credit."""
    photos = header.fields.get("photos")
    stated = next(iter(photos), None) if isinstance(photos, tuple) else None
    main = stated.content_url if isinstance(stated, Photo) else None
    images = list(_images(around))
    same = [image for image in images if main and _stem(_address(image, scene.page)) == _stem(main)]
    for image in same or images[:1]:
        caption, credit = split_caption(_caption(image, around))
        address = _address(image, scene.page)
        if address is not None and (caption or credit or main is None):
            photo = Photo(content_url=address, caption=caption, credit_text=credit)
            _replace(header, "photos", (photo,), "figure")
            return


def _images(around: Surroundings) -> Iterator[HtmlElement]:
    for image in around.region.iter("img", "amp-img"):
        if not _is_in_other(image, around.region):
            yield image


def _address(image: HtmlElement, page: Page) -> str | None:
    return image_url(image, page.absolute)


def _stem(url: str | None) -> str:
    """The file name without size and ending: one picture comes in several sizes."""
    name = urlsplit(url or "").path.rpartition("/")[2].rpartition(".")[0]
    return _SIZE.sub("", name)


def _caption(image: HtmlElement, around: Surroundings) -> str:
    """The caption next to a picture, in the nearest element that holds one and not the title or the text."""
    holder = image
    for _ in range(_LEVELS_UP):
        parent = holder.getparent()
        if parent is None or parent is around.region or around.headline in set(parent.iter("h1")):
            break
        holder = parent
        for node in holder.iter():
            if isinstance(node.tag, str) and _is_caption(node) and (text := fold(str(node.text_content()))):
                return text
        if holder is around.container:
            break
    return ""


def _is_caption(node: HtmlElement) -> bool:
    if node.tag == "figcaption":
        return True
    return bool(node.get("class")) and not _CAPTION_WORDS.isdisjoint(name_words(node))


def split_caption(text: str) -> tuple[str | None, str | None]:
    """A caption and the credit: "… (Foto: X)", "… [X]", "… Foto: X", "… /OUTLET/X", "… OUTLET/X"."""
    caption, credit = split_credit(text)
    if credit is not None:
        return caption, _PHOTO_LABEL.sub("", credit)
    for pattern in _CREDITS:
        match = pattern.fullmatch(text)
        if match is not None and not _NO_CREDIT.fullmatch(match["credit"]):
            shown = match["caption"].strip()
            credit = _PHOTO_LABEL.sub("", match["credit"], count=1)
            return shown + _stop(shown, text) or None, credit.strip(" .)]")
    return caption, None


def _stop(caption: str, text: str) -> str:
    """The full stop that a pattern took away from the caption."""
    return "." if text[len(caption) : len(caption) + 1] == "." else ""


def _breadcrumb(around: Surroundings, header: Header) -> tuple[str, ...]:
    headline = same_name(str(header.fields.get("headline", "")))
    for node in around.region.iter("ul", "ol", "div"):
        if name_words(node) & {"breadcrumb", "breadcrumbs"}:
            names = [fold(str(link.text_content())) for link in node.iter("a")]
            return tuple(
                dict.fromkeys(n for n in names if not _HOME.fullmatch(n) and same_name(n) != headline)
            )
    return ()


def _tags(around: Surroundings) -> tuple[str, ...]:
    """The names of links that are tags: by `rel`, or by their address in a box of tags."""
    found = []
    for link in around.region.iter("a"):
        by_rel = "tag" in (link.get("rel") or "").split() and "category" not in (link.get("rel") or "")
        if by_rel or (_TAG_LINK.search(link.get("href") or "") and _is_in_tags(link)):
            found.append(fold(str(link.text_content())).lstrip("# "))
    return tuple(dict.fromkeys(filter(None, found[:_MOST_KEYWORDS])))


def _is_in_tags(link: HtmlElement) -> bool:
    holders = list(link.iterancestors())[:5]
    return any(
        name_words(holder) & {"tag", "tags", "tagging", "taging", "topik", "topic"} for holder in holders
    )


def _without_names(body: Body, header: Header) -> Body:
    """The body without first and last lines that are only the name of a person named elsewhere."""
    named = {same_name(person.name) for person in (*header.people("authors"), *header.people("editors"))}
    edges = {*body.parts[:2], *body.parts[-2:]}
    kept = tuple(part for part in body.parts if part not in edges or same_name(part.text) not in named)
    return replace(body, parts=kept)


def _language(header: Header, parts: tuple[Part, ...]) -> None:
    """Indonesian where the text is, whatever a theme's default says."""
    words = re.findall(r"[a-z]+", " ".join(part.text for part in parts).lower())[:2000]
    indonesian = sum(word in _INDONESIAN for word in words)
    english = sum(word in _ENGLISH for word in words)
    if len(words) > 40 and indonesian > len(words) * 0.05 and indonesian > 3 * english:
        _replace(header, "language", "id", "text")

"""One downloaded page to one reading: the same function for live pages and for records of a WARC file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from extractors import skips
from extractors.addresses import identify
from extractors.article import ArticleAddress, PageKind, Pager, PageReading, Part, Photo, Verdict
from extractors.body import Addresses, Body, Known, Marked, read_body
from extractors.credits import add_people_of_body, doubt_authors
from extractors.datelines import read_dateline, title_case
from extractors.header import read_header
from extractors.lengths import doubt_length
from extractors.page import Page, absolute, fold, parse, unwrap
from extractors.pager import read_pager, title_page
from extractors.pictures import with_positions
from extractors.portal import Host, Portal, Rule
from extractors.portals import portal_of
from extractors.queries import forget
from extractors.recognise import is_article_page, recognise
from extractors.scene import Header, Scene, every, select
from extractors.signals import page_signals

_WORD = re.compile(r"\w+")
_NEVER_READ = frozenset({PageKind.SOFT_404, PageKind.WALL, PageKind.UNREADABLE})
# A page that does not call itself an article is one if trafilatura finds that much text on it.
_LETTERS_OF_ARTICLE = 500
_MAX_CONTAINERS = 500
# trafilatura needs 600 MB for one of 10 MB; on a portal with rules nobody asks it.
_MAX_UNRULED = 3 * 2**20
# trafilatura takes seconds over more nodes; the largest of 95 pages of many sites has 1,800.
_MAX_NODES = 10_000
_READ_KINDS = frozenset({PageKind.ARTICLE, PageKind.VIDEO, PageKind.GALLERY, PageKind.LIVE})


def read_page(
    body: bytes,
    *,
    url: str,
    captured_at: datetime,
    content_type: str | None = None,
    portal: Portal | None = None,
) -> PageReading:
    """Everything that one page says about its article. Never raises: what is wrong with the bytes is the
    verdict. `url` is the address that answered, `captured_at` (aware) chooses the rules. `portal` takes the
    place of the one that the address belongs to, to try out other rules.
    """
    url = unwrap(url)
    try:
        page = parse(body, url=url, captured_at=captured_at, content_type=content_type)
        if isinstance(page, Verdict):
            return _refused(url, captured_at, page)
        page = _at_its_address(page)
        return _of_cut_page(page, _read(page, portal or portal_of(page.url)))
    except RecursionError:
        verdict = Verdict(kind=PageKind.UNREADABLE, reason="nested too deeply to be read")
        return _refused(url, captured_at, verdict)
    except Exception as error:  # noqa: BLE001 - the border: one page must never end a run
        reason = f"{type(error).__name__} while reading the page"
        return _refused(url, captured_at, Verdict(kind=PageKind.UNREADABLE, reason=reason))
    finally:
        forget()


def _at_its_address(page: Page) -> Page:
    """A page from a file, which has no address on the web, at the one that it names itself."""
    if page.url.startswith(("http://", "https://")):
        return page
    named = (page.saved_from, page.canonical, absolute("", page.meta.get("og:url", "")))
    return replace(page, url=next(filter(None, named), page.url))


def _refused(url: str, captured_at: datetime, verdict: Verdict) -> PageReading:
    portal = portal_of(url)
    return PageReading(
        url=url,
        captured_at=captured_at,
        verdict=verdict,
        portal=portal.name if portal else None,
        address=identify(url),
    )


def _of_cut_page(page: Page, reading: PageReading) -> PageReading:
    """A reading of a page that the parser has cut: an article is kept with a warning; that there is none is
    not said, because it may stand in what is missing.
    """
    if not page.cut:
        return reading
    if reading.verdict.kind is not PageKind.ARTICLE:
        verdict = Verdict(kind=PageKind.UNREADABLE, reason=f"the page cannot be read whole: {page.cut}")
        return replace(_refused(page.url, page.captured_at, verdict), signals=reading.signals)
    warnings = (*reading.warnings, f"incomplete: {page.cut}; what follows is lost")
    checks = tuple(dict([*reading.checks, ("incomplete", True)]).items())
    return replace(reading, warnings=warnings, checks=checks)


def choose_rule(portal: Portal, page: Page) -> Rule | None:
    """The newest rule of the capture's day whose marks are on the page, else the newest later one: eras
    overlap, and an archive's copy can carry the date of its copying. A rule that finds no container yields to
    one that does, so that a mark which a later layout keeps does no harm.
    """
    day = page.captured_at.date()
    rules = sorted(portal.rules, key=lambda rule: (rule.valid_from <= day, rule.valid_from), reverse=True)
    chosen = None
    for rule in rules:
        if select(page.tree, rule.marks):
            if select(page.tree, rule.container):
                return rule
            chosen = chosen or rule
    return chosen


def _read(page: Page, portal: Portal | None) -> PageReading:
    host = portal.host(urlsplit(page.url).hostname or "") if portal is not None else None
    rule = choose_rule(portal, page) if portal is not None else None
    containers = _containers(select(page.tree, rule.container)) if rule is not None else []
    if portal is None or rule is None or not containers:
        return _read_unruled(page, portal, host)
    scene = Scene(page=page, portal=portal, host=host, rule=rule)
    header = read_header(scene)
    body = _body(page, portal, rule, containers, _known(header))
    pager = read_pager(select(page.tree, rule.pager), portal.paging.parameter)
    if pager.number is None and portal.paging.number(urlsplit(page.url).query) == 0:
        pager = Pager()  # all pages on one: a pager that marks none of them only offers the way back
    return _with_length_doubt(_reading(scene, header, body, pager), page, containers, body)


def _with_length_doubt(
    reading: PageReading, page: Page, containers: list[HtmlElement], body: Body
) -> PageReading:
    """The reading, with a warning where the body's length is doubtful and the page has no text to compare."""
    if reading.verdict.kind is not PageKind.ARTICLE or page.brand_safety:
        return reading
    doubt = doubt_length(page, containers, body)
    return replace(reading, warnings=(*reading.warnings, doubt)) if doubt is not None else reading


def _containers(candidates: list[HtmlElement]) -> list[HtmlElement]:
    """Of several containers the one with the most text of its own, with its sisters: an advertisement can
    split a body in two.
    """
    if len(candidates) < 2:
        return candidates
    chosen = set(candidates)
    letters = {node: _own_letters(node, chosen) for node in candidates[:_MAX_CONTAINERS]}
    best = max(letters, key=lambda node: letters[node])
    return [node for node in letters if node is best or _are_sisters(node, best)]


def _are_sisters(node: HtmlElement, best: HtmlElement) -> bool:
    return node.getparent() is best.getparent() and (node.tag, node.get("class")) == (
        best.tag,
        best.get("class"),
    )


def _own_letters(node: HtmlElement, others: set[HtmlElement]) -> int:
    """The letters of a container's paragraphs that stand in no container inside it."""
    return sum(
        len(text)
        for paragraph in node.iter("p")
        if next((outer for outer in paragraph.iterancestors() if outer in others), None) is node
        for text in paragraph.itertext()
    )


def _body(page: Page, portal: Portal, rule: Rule, containers: list[HtmlElement], known: Known) -> Body:
    address = identify(page.url)
    return read_body(
        containers,
        Addresses(
            resolve=lambda link: _plain_address(page.absolute(link)),
            is_article=lambda url: identify(url) is not None,
            is_own=lambda url: (other := portal_of(url)) is not None and other.group == portal.group,
            is_here=lambda url: (
                address is not None and (other := identify(url)) is not None and other.url == address.url
            ),
        ),
        known=known,
        marked=Marked(
            dropped=frozenset(every(page.tree, rule.drop)),
            related=frozenset(every(page.tree, rule.related)),
            figures=frozenset(every(page.tree, rule.figures)),
            drop_lines=rule.drop_lines,
        ),
    )


def _plain_address(url: str | None) -> str | None:
    """An address out of its AMP form, so that an AMP page links to what its article links to."""
    address = identify(url) if url is not None and "/amp/" in url else None
    return address.url if address is not None and address.page == 1 else url


def _known(header: Header) -> Known:
    """What the header says that a body may repeat."""
    fields = header.fields
    texts = [fields.get(name) for name in ("headline", "kicker", "byline", "published_text")]
    for photo in _tuple(fields.get("photos"), Photo):
        texts += [photo.caption, photo.credit_text]
        texts += [f"{photo.caption} {photo.credit_text}" if photo.caption and photo.credit_text else None]
    abstract = fields.get("abstract")
    texts += abstract if isinstance(abstract, tuple) else ()
    standfirst = fields.get("standfirst")
    return Known(
        lines=tuple(text for text in texts if isinstance(text, str)),
        standfirst=standfirst if isinstance(standfirst, str) else None,
    )


def _read_unruled(page: Page, portal: Portal | None, host: Host | None) -> PageReading:
    """A page whose portal has no rules, or none that fits: trafilatura, if it can be an article at all."""
    scene = Scene(page=page, portal=portal, host=host, rule=None)
    address, declared = identify(page.url), is_article_page(page)
    verdict = recognise(page, address=address, letters=None)
    if verdict.kind in _NEVER_READ or not (declared or _may_be_article(portal, address, verdict)):
        return _frame(scene, verdict)
    if page.size > _MAX_UNRULED:
        reason = "larger than a page without rules may be"
        return _frame(scene, Verdict(kind=PageKind.UNREADABLE, reason=reason))
    if sum(1 for _ in zip(page.tree.iter(), range(_MAX_NODES), strict=False)) == _MAX_NODES:
        reason = "more elements than a page without rules may have"
        return _frame(scene, Verdict(kind=PageKind.UNREADABLE, reason=reason))
    from extractors.doubts import doubt_about  # noqa: PLC0415
    from extractors.fallback import read_text  # noqa: PLC0415 - needed on few pages
    from extractors.unruled import complete  # noqa: PLC0415

    found = read_text(page)
    letters = sum(len(part.text) for part in found.body.parts)
    doubt = doubt_about(page, found)
    if doubt is not None:
        return _frame(scene, doubt)
    if not declared and letters < _LETTERS_OF_ARTICLE:
        return _frame(scene, verdict)
    header = read_header(scene)
    return _reading(scene, header, complete(header, scene, found), Pager())


def _may_be_article(portal: Portal | None, address: ArticleAddress | None, verdict: Verdict) -> bool:
    """Whether a page that does not say what it is deserves a look: on a portal whose addresses we know, only
    at the address of an article.
    """
    return address is not None or (portal is None and verdict.kind is not PageKind.LIST)


def _frame(scene: Scene, verdict: Verdict, **found: object) -> PageReading:
    """A reading that says what the page is, and what was found about an article."""
    page = scene.page
    return PageReading(
        url=page.url,
        captured_at=page.captured_at,
        verdict=verdict,
        portal=scene.portal.name if scene.portal else None,
        address=identify(page.url),
        canonical=page.canonical,
        signals=page_signals(page.meta, page.json_ld, page.licenses),
        **found,  # type: ignore[arg-type]
    )


def _reading(scene: Scene, header: Header, body: Body, pager: Pager) -> PageReading:
    page, rule = scene.page, scene.rule
    letters = sum(len(part.text) for part in body.parts)
    pictures = len(body.photos)
    verdict = recognise(page, address=identify(page.url), letters=letters or None, pictures=pictures)
    if body.incomplete and not letters:
        reason = "incomplete: the body is too long or nested too deeply to be read"
        verdict = Verdict(kind=PageKind.UNREADABLE, reason=reason)
    how: dict[str, object] = {"rule": rule.name if rule else None, "fallback": rule is None, "pager": pager}
    if verdict.kind not in _READ_KINDS:
        return _frame(scene, verdict, **how)
    add_people_of_body(header, body.bylines)
    doubt_authors(header, scene)
    _dateline_of_markup(header, scene, body.parts)
    _place(header, scene, body.parts)
    header.put("based_on", tuple(dict.fromkeys(body.based_on)), "body")
    if body.abstract:
        header.fields["abstract"] = body.abstract
        header.sources.setdefault("abstract", "body")
    photos = _tuple(header.fields.pop("photos", ()), Photo) + body.photos
    header.put("photos", with_positions(photos), header.sources.get("photos", "body"))
    checks = _checks(page, body)
    return _frame(
        scene,
        verdict,
        **how,
        **header.fields,
        parts=body.parts,
        related=body.related,
        field_sources=tuple(sorted(header.sources.items())),
        warnings=(*header.warnings, *_warnings(scene, body, header, checks)),
        checks=tuple(checks.items()),
    )


def _tuple(value: object, kind: type[Photo]) -> tuple[Photo, ...]:
    return tuple(item for item in value if isinstance(item, kind)) if isinstance(value, tuple) else ()


def _dateline_of_markup(header: Header, scene: Scene, parts: tuple[Part, ...]) -> None:
    """A dateline that stands in an element of its own, if the body does begin with it."""
    if scene.rule is None or not scene.rule.dateline or not parts:
        return
    for node in select(scene.page.tree, scene.rule.dateline)[:1]:
        text = fold(node.text_content()).rstrip("-–— ")
        rest = parts[0].text.removeprefix(text)
        if text and rest != parts[0].text and _DASH.match(rest):
            header.put("dateline", text, "rule")
            header.put("place", title_case(text.partition(",")[0].strip()), "rule")


_DASH = re.compile(r"\s*[-–—]")


def _place(header: Header, scene: Scene, parts: tuple[Part, ...]) -> None:
    if "dateline" in header.fields:
        return
    brand = scene.host.dateline_brand if scene.host is not None else ""
    for part in parts[:2]:
        dateline = read_dateline(part.text, brand)
        if dateline is not None:
            header.put("dateline", dateline.text, "body")
            header.put("place", dateline.place, "body")
            return


def _checks(page: Page, body: Body) -> dict[str, float | int | bool | str]:
    """What the page itself lets us check: its own plain text, its title's page number, leaks."""
    checks: dict[str, float | int | bool | str] = {"parts": len(body.parts)}
    leaks = sum(1 for part in body.parts if _leaks(part.text))
    checks["leaks"] = leaks
    titled = title_page(page.title)
    if titled is not None:
        checks["titlePage"] = titled
    if page.brand_safety:
        words = _WORD.findall(page.brand_safety.lower())
        checks["brandSafetyWords"] = len(words)
        checks["brandSafetyRecall"] = round(_share(words, set(_words(body))), 3)
    if body.incomplete:
        checks["incomplete"] = True
    return checks


def _words(body: Body) -> list[str]:
    texts = [part.text for part in body.parts]
    texts += [f"{link.label or ''} {link.name}" for link in body.related]  # they stand in that text, too
    return _WORD.findall(" ".join(texts).lower())


def _share(words: list[str], known: set[str]) -> float:
    return sum(map(known.__contains__, words)) / len(words) if words else 1.0


def _leaks(text: str) -> bool:
    return skips.is_promotion(fold(text)) or skips.RELATED_LABEL.match(text) is not None


def _warnings(scene: Scene, body: Body, header: Header, checks: Mapping[str, object]) -> list[str]:
    found = []
    if not header.fields.get("headline"):
        found.append("no headline")
    if not header.fields.get("published"):
        found.append("no date of publication")
    if body.incomplete:
        found.append("the page is nested too deeply or too long; its text may be incomplete")
    if checks.get("leaks"):
        found.append("the body may hold lines that are not the article")
    canonical = identify(scene.page.canonical or "")
    address = identify(scene.page.url)
    if canonical is not None and address is not None and canonical.url != address.url:
        found.append("the canonical address is another article's")
    return found

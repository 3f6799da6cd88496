"""The archived original: a page as the server sent it, in a frame that can do nothing.

Four things keep it quiet, each enough by itself: what runs or loads is taken out of the page
(`reading_room.rewriting`), the frame is sandboxed, so is the answer by its own Content-Security-Policy, and
that policy lets a page load nothing but pictures, style sheets and fonts of this room.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from archives.bodies import decode_body
from archives.capture import CaptureRef
from archives.errors import DamageError
from archives.moments import from_w3c
from archives.payload import identify_payload
from archives.reader import StoredRecord
from reading_room.asking import wording
from reading_room.errors import UnknownArticleError
from reading_room.holdings import Shelved, holdings
from reading_room.rewriting import MAX_PAGE, ArchivedPage, Copies, as_text, rewritten_style, style_addresses
from reading_room.security import guard_of, seal

blueprint = Blueprint("replay", __name__)

SANDBOX = "allow-top-navigation-by-user-activation"
"""All that a frame may do: let a reader who clicks a link leave it. Links lead to articles of this room."""
PAGE_POLICY = (
    f"sandbox {SANDBOX}; default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "font-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
_PART_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_IMAGES = frozenset(
    {"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/svg+xml"}
    | {"image/vnd.microsoft.icon"}
)
_FONTS = {
    b"wOF2": "font/woff2",
    b"wOFF": "font/woff",
    b"\0\1\0\0": "font/ttf",
    b"true": "font/ttf",
    b"OTTO": "font/otf",
}
_MAX_STYLE = 4 << 20
_MAX_PARTS = 2000
"""Addresses of one page or style sheet that are looked up; what is named beyond stays empty."""
_STAMP = re.compile(r"\d{14}")


class NotShownError(Exception):
    """The page is kept and cannot be shown; `reason` is the name of a phrase, or what is wrong with it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Original:
    """A page that can be shown, and how much of what it wants is there."""

    html: str
    parts_kept: int
    parts_wanted: int


@blueprint.get("/articles/<place:place>/original/<int:number>")
def page(place: str, number: int) -> AnyResponse:
    article = holdings().shelved(place)
    try:
        html = original(article, number).html
    except NotShownError as error:
        html = render_template("unshown.html", reason=error.reason)
    answer = Response(html, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = PAGE_POLICY
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def original(article: Shelved, number: int) -> Original:
    """One archived page of an article, rewritten.

    Raises:
        UnknownArticleError: the article has no such page here.
        NotShownError: it is kept, and is no page that could be shown.
    """
    place = page_place(article, number)
    found = _archived(place)
    wanted = found.wanted
    copies = Copies(
        parts=part_addresses(wanted.parts, from_w3c(str(place["fetchedAt"]))),
        links=_link_addresses(article, wanted.links),
        lost=wording()("original.link.lost"),
    )
    kept, in_all = found.count(copies)
    return Original(found.rewritten(copies), kept, in_all)


def _archived(place: Mapping[str, Any]) -> ArchivedPage:
    t = wording()
    try:
        record = holdings().payload(place)
    except (DamageError, FileNotFoundError) as error:
        raise NotShownError(t("original.damaged")) from error
    body = decode_body(record.http_headers, record.body, MAX_PAGE + 1).content
    if len(body) > MAX_PAGE:
        raise NotShownError(t("original.too.large"))
    if identify_payload((), body) not in {"text/html", "application/xml", "text/plain", None}:
        raise NotShownError(t("original.not.html"))
    return ArchivedPage(body, record.content_type, str(place["finalUrl"]))


def parts_of(place: Mapping[str, Any]) -> dict[str, CaptureRef]:
    """What was captured of the pictures and style sheets of a page, and of what the style sheets load."""
    try:
        urls = _archived(place).wanted.parts[:_MAX_PARTS]
    except NotShownError:
        return {}
    moment = from_w3c(str(place["fetchedAt"]))
    found = holdings().captures_near(urls, moment)
    for ref in list(found.values()):
        if (ref.content_type or "").startswith("text/css"):
            record = holdings().payload_of(ref)
            body = decode_body(record.http_headers, record.body, _MAX_STYLE).content
            text = as_text(body, record.content_type, is_style=True)
            found |= holdings().captures_near(style_addresses(text, ref.url)[:_MAX_PARTS], moment)
    return found


def page_place(article: Shelved, number: int) -> Mapping[str, Any]:
    """Where a page of the article is kept, by its sidecar."""
    pages: list[Mapping[str, Any]] = article.record["archive"]["pages"]
    found = next((item for item in pages if item["page"] == number), None)
    if found is None:
        raise UnknownArticleError
    return found


def part_addresses(urls: Iterable[str], moment: datetime) -> dict[str, str]:
    """Of these addresses those that were captured, and where what was captured nearest then is shown."""
    wanted = list(urls)[:_MAX_PARTS]
    return {url: part_address(url, moment) for url in holdings().captures_near(wanted, moment)}


def part_address(url: str, moment: datetime) -> str:
    near = moment.astimezone(UTC).strftime("%Y%m%d%H%M%S")
    return url_for("replay.part", url=url, near=near, seal=seal(f"{near} {url}"))


def _link_addresses(article: Shelved, urls: Iterable[str]) -> dict[str, str]:
    """Where links of the page lead in this room: to the article's own pages, to other articles."""
    wanted = list(urls)[:_MAX_PARTS]
    found = {
        url: url_for("article.by_address", url=address)
        for url, address in holdings().kept_among(wanted).items()
    }
    for item in article.record["archive"]["pages"]:
        own = url_for("article.page", place=article.place, page=item["page"])
        found |= dict.fromkeys((item["url"], item["finalUrl"]), own)
    return found


# --- pictures, style sheets, fonts --------------------------------------------------------------------


@blueprint.get("/captured")
def part() -> AnyResponse:
    """A picture, style sheet or font that a page of an article wants.

    Its address carries a seal of this room's: a frame without an origin sends no cookie, and no other site
    can find out by trying what the collection holds.
    """
    url, near = request.args.get("url", ""), request.args.get("near", "")
    if not guard_of(current_app).is_sealed(f"{near} {url}", request.args.get("seal", "")):
        raise NotFound
    moment = _moment(near)
    ref = holdings().capture_near(url, moment) if moment is not None else None
    if ref is None or moment is None:
        raise NotFound
    record = holdings().payload_of(ref)
    body = decode_body(record.http_headers, record.body).content
    answer = _shown(record, body, ref.url, moment)
    answer.headers["Content-Security-Policy"] = _PART_POLICY
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # the frame has an origin of its own
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


def _moment(stamp: str) -> datetime | None:
    if not _STAMP.fullmatch(stamp):
        return None
    try:
        return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _shown(record: StoredRecord, body: bytes, url: str, moment: datetime) -> Response:
    """The body under the type that its own bytes have; the server's word counts for style sheets alone."""
    kind = identify_payload((), body)
    if kind in _IMAGES:
        return Response(body, mimetype=kind)
    font = _FONTS.get(body[:4])
    if font is not None:
        answer = Response(body, mimetype=font)
        answer.headers["Access-Control-Allow-Origin"] = "*"  # fonts are asked for with CORS
        return answer
    declared = (record.content_type or "").partition(";")[0].strip().lower()
    if declared == "text/css" and kind in {"text/plain", None} and len(body) <= _MAX_STYLE:
        text = as_text(body, record.content_type, is_style=True)
        copies = part_addresses(style_addresses(text, url), moment)
        return Response(rewritten_style(text, url, copies), mimetype="text/css")
    raise NotFound

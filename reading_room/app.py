"""The reading room as a web application: server-rendered pages, read only, without a script.

A view is a blueprint in a module of its own, and one line in `VIEWS`. What all of them share is here: the
language, the answer as HTML or JSON, pages for what goes wrong, and the words that templates may use.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable
from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Response as AnyResponse

from archives.collection import Collection
from archives.errors import ArchiveError
from reading_room import (
    article,
    coverage_view,
    downloads,
    holdings,
    listing,
    navigation,
    replay,
    runs_view,
    security,
    stories,
    typesetting,
)
from reading_room.asking import LANGUAGE_COOKIE, wants_json, wording
from reading_room.errors import NeedsTokenError, RemovedError, UnknownArticleError, UnknownHostError
from reading_room.phrases import LANGUAGES
from reading_room.security import Guard
from reading_room.stories import Stories

_YEAR = 365 * 24 * 3600

logger = logging.getLogger(__name__)

VIEWS: tuple[Blueprint, ...] = (
    listing.blueprint,
    article.blueprint,
    replay.blueprint,
    downloads.blueprint,
    coverage_view.blueprint,
    runs_view.blueprint,
)
"""Every view of the room; the menu (`reading_room.navigation`) shows those of them that it knows."""


class PlaceConverter(BaseConverter):
    """The name of an article in this room: its sidecar's path without `articles/` and `.json`.

    The pattern holds no dot-dot and no empty part, so no such name leads out of the folder.
    """

    regex = r"[a-z0-9](?:[a-z0-9_-]|\.(?!\.)){0,252}/\d{4}/\d\d/\d\d/[a-z0-9-]{1,100}(?:\.v[1-9]\d{0,5})?"
    part_isolating = False


def make_app(
    collection: Collection,
    *,
    token: str | None = None,
    allowed_hosts: Iterable[str] = (),
    with_stories: bool = False,
) -> Flask:
    """The application for one collection. Making it reads nothing, so that it begins at once.

    With `token` every request must show it (`reading_room.security`). `allowed_hosts` are names, beside
    localhost and plain addresses, that a request may use for this machine. With `with_stories` the clusters
    of copies are brought up to date in the background as soon as somebody reads an article.
    """
    app = Flask(__name__, static_folder="static", static_url_path="/static")
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.url_map.converters["place"] = PlaceConverter
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    holdings.install(app, collection)
    listing.install(app)
    stories.install(app, Stories(collection) if with_stories else None)
    security.install(app, Guard(token=token, hosts=frozenset(name.lower() for name in allowed_hosts)))
    app.context_processor(_words)
    app.after_request(_remember_language)
    app.add_template_filter(typesetting.isolated, "bdi")
    app.add_template_filter(typesetting.clean, "clean")
    app.add_template_filter(typesetting.breakable, "breakable")
    app.add_template_filter(typesetting.web_address, "web_address")
    app.add_template_filter(typesetting.as_moment, "moment")
    app.register_error_handler(Exception, _show_error)
    for view in VIEWS:
        app.register_blueprint(view)
    return app


# --- languages ----------------------------------------------------------------------------------------


def _remember_language(answer: Response) -> Response:
    asked = request.args.get("lang")
    if asked in LANGUAGES and answer.mimetype == "text/html":
        answer.set_cookie(LANGUAGE_COOKIE, asked, max_age=_YEAR, httponly=True, samesite="Lax", path="/")
    if answer.mimetype in {"text/html", "application/json"} and request.endpoint != "static":
        answer.vary.update(("Accept", "Accept-Language", "Cookie"))
    return answer


def _words() -> dict[str, Any]:
    """What every template may use."""
    return {
        "t": wording(),
        "languages": [(language, _in_language(language)) for language in LANGUAGES],
        "menu": navigation.items(current_app),
        "room": _room_name(),
        "software": f"Kliping {version('kliping')}",
        "field_names": _field_names,
    }


def _field_names(fields: Iterable[str]) -> str:
    """Fields of a record by the newsroom's words for them."""
    t = wording()
    return ", ".join(t(f"field.{name}") if t.has(f"field.{name}") else name for name in fields)


def _in_language(language: str) -> str:
    """This very page in another language."""
    query = [(name, value) for name, value in request.args.items(multi=True) if name not in {"lang", "token"}]
    return quote("/" + request.path.lstrip("/")) + "?" + urlencode([*query, ("lang", language)])


def _room_name() -> str:
    collection: Collection = current_app.config["COLLECTION"]
    try:
        return collection.name
    except ArchiveError:
        return collection.warc_prefix


# --- what goes wrong ----------------------------------------------------------------------------------


def _show_error(error: Exception) -> AnyResponse:
    """Every error as a page in the room's own look, or as JSON; the traceback stays in the terminal."""
    known = _as_http(error)
    if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
        return error.get_response()  # a redirect of the routing
    code = known.code or 500
    told = _told(error, known)
    if wants_json():
        when = {"removed": error.when} if isinstance(error, RemovedError) else {}
        found: AnyResponse = jsonify({"error": code, "message": told, **when})
    else:
        name = f"error.{code}" if wording().has(f"error.{code}") else "error.400"
        page = render_template("error.html", heading=wording()(name), told=told, code=code)
        found = Response(page, mimetype="text/html")
    found.status_code = code
    if code == 405:
        found.headers["Allow"] = "GET, HEAD"
    if code == 503:
        found.headers["Retry-After"] = "2"
    return found


def _as_http(error: Exception) -> HTTPException:
    if isinstance(error, HTTPException):
        return error
    if isinstance(error, sqlite3.OperationalError) and ("locked" in str(error) or "busy" in str(error)):
        return ServiceUnavailable()
    if isinstance(error, ArchiveError):
        logger.warning("%s", error)
        return InternalServerError()
    logger.error("%s could not be answered", request.path[:200], exc_info=error)
    return InternalServerError()


def _told(error: Exception, known: HTTPException) -> str:
    """What the reader can do. Paths of this machine are nobody's business who asks from another."""
    t = wording()
    if isinstance(error, UnknownHostError):
        return t("error.host", host=typesetting.clean(error.host))
    if isinstance(error, NeedsTokenError):
        return t("error.token")
    if isinstance(error, UnknownArticleError):
        return t("error.unknown.article")
    if isinstance(error, RemovedError):
        return t("error.removed", when=t.day(error.when)) if error.when else ""
    if isinstance(error, ArchiveError):
        root = str(current_app.config["COLLECTION"].root)
        return str(error).replace(root, _room_name())
    if known.code == 503:
        return t("error.busy")
    return t("error.unexpected") if known.code == 500 else ""

"""How the one who asks wants to be answered: in which language, as a page or as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, g, jsonify, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from reading_room.phrases import LANGUAGES, WORDINGS, Wording

LANGUAGE_COOKIE = "kliping-language"


def wording() -> Wording:
    """The language of this request: `?lang=`, else that of the cookie, else what the browser prefers."""
    if "wording" not in g:
        asked = (request.args.get("lang"), request.cookies.get(LANGUAGE_COOKIE))
        wanted = next((name for name in asked if name in LANGUAGES), None)
        best = wanted or request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]
        g.wording = WORDINGS[best]
    found = g.wording
    assert isinstance(found, Wording)
    return found


def wants_json() -> bool:
    """Whether a program asks: `?format=json`, or an Accept header that prefers it to HTML."""
    if "format" in request.args:
        return request.args["format"] == "json"
    best = request.accept_mimetypes.best_match(("text/html", "application/json"), "text/html")
    return best == "application/json"


def answer(template: str, plain: Mapping[str, Any], **values: object) -> AnyResponse:
    """The view as a page, or `plain` as JSON at the same address."""
    if wants_json():
        return jsonify(plain)
    return Response(render_template(template, **values), mimetype="text/html")

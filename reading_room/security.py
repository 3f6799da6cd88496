"""Who may ask, for what, and what a browser may do with the answer.

The room is read over loopback by default, and that is no protection by itself: any page in the same browser
can send requests to 127.0.0.1. Therefore names are checked (DNS rebinding), nothing can be changed, and the
answers forbid the browser everything that they do not need.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, Request, Response, abort, current_app, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from reading_room.errors import NeedsTokenError, UnknownHostError

TOKEN_COOKIE = "kliping-token"  # noqa: S105 - the cookie's name
MAX_QUERY = 4096
"""Bytes of a query string that are looked at."""
MAX_PATH = 1024
_METHODS = frozenset({"GET", "HEAD"})
_HOST = re.compile(r"(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(?::[0-9]{1,5})?")
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""No script, not even ours: every view works without, so none is allowed."""
_HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "private, no-cache",
}


@dataclass(frozen=True, slots=True)
class Guard:
    """The rules of one reading room. `token` is None where nobody needs one; `hosts` are the names, beside
    localhost and plain addresses, under which it may be asked.
    """

    token: str | None = None
    hosts: frozenset[str] = frozenset()
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def knows(self, host: str) -> bool:
        """Whether a Host header names this room. An address cannot be rebound, a name can."""
        found = _HOST.fullmatch(host)
        if found is None:
            return False
        name = found.group(1).lower().rstrip(".")
        if name == "localhost" or name in self.hosts:
            return True
        try:
            ip_address(name.strip("[]"))
        except ValueError:
            return False
        return True

    def seal(self, text: str) -> str:
        """A mark that only this room can make: for addresses that it hands out itself."""
        return hmac.new(self.secret, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]

    def is_sealed(self, text: str, mark: str) -> bool:
        return hmac.compare_digest(self.seal(text).encode(), mark.encode("utf-8", "replace"))

    @property
    def pass_(self) -> str:
        """What the cookie holds in place of the token."""
        assert self.token is not None
        return hashlib.sha256(b"kliping reading room\0" + self.token.encode()).hexdigest()

    def admits(self, asked: Request) -> bool:
        """Whether the request shows the token: in its cookie or as a bearer (RFC 6750)."""
        if self.token is None:
            return True
        scheme, _, given = asked.headers.get("Authorization", "").partition(" ")
        bearer = given.strip() if scheme.lower() == "bearer" else ""
        return _same(asked.cookies.get(TOKEN_COOKIE, ""), self.pass_) or _same(bearer, self.token)


def guard_of(app: Flask) -> Guard:
    found = app.config["GUARD"]
    assert isinstance(found, Guard)
    return found


def seal(text: str) -> str:
    return guard_of(current_app).seal(text)


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode("utf-8", "replace"))


def install(app: Flask, guard: Guard) -> None:
    """Let the app ask these questions first, and put these headers on every answer."""
    app.config["GUARD"] = guard
    app.before_request(_let_in)
    app.after_request(_put_headers)


_OPEN = frozenset({"static"})
"""What anybody may have: the style sheet, which the page that asks for a token needs, too."""
SEALED = frozenset({"replay.part"})
"""Views whose addresses carry a seal of their own. A sandboxed frame has no cookies to show."""


def _let_in() -> AnyResponse | None:
    guard = guard_of(current_app)
    host = request.headers.get("Host", "")
    if not guard.knows(host):
        raise UnknownHostError(host[:100])
    if request.method not in _METHODS:
        abort(405)
    if len(request.query_string) > MAX_QUERY or len(request.environ.get("PATH_INFO", "")) > MAX_PATH:
        abort(414)
    if request.endpoint in _OPEN or request.endpoint in SEALED:
        return None
    return _show_pass(guard)


def _show_pass(guard: Guard) -> AnyResponse | None:
    """A right token in the address becomes a cookie, and leaves the address."""
    given = request.args.get("token")
    if guard.token is not None and given is not None and _same(given, guard.token):
        answer = redirect(_without_token())
        answer.set_cookie(TOKEN_COOKIE, guard.pass_, httponly=True, samesite="Lax", path="/")
        return answer
    if not guard.admits(request):
        raise NeedsTokenError
    return None


def _without_token() -> str:
    """The same page here; never an address that begins with two slashes, which would lead away."""
    query = "&".join(
        pair
        for pair in urlsplit(request.full_path).query.split("&")
        if pair and not pair.startswith("token=")
    )
    path = "/" + urlsplit(request.url).path.lstrip("/")
    return path + (f"?{query}" if query else "")


def _put_headers(answer: Response) -> Response:
    for name, value in _HEADERS.items():
        answer.headers.setdefault(name, value)
    return answer

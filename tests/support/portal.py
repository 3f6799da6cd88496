"""The demo portal with faults: a test names an article and what shall be wrong with it.

with serving(FaultyPortal(rules=[gone(slug), lying_pager(other)])) as running:
    crawl(http_proxy=running.url)
assert running.log ...
"""

from __future__ import annotations

import gzip
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeAlias

from crawler.demo import lists
from crawler.demo.cards import Card
from crawler.demo.newsroom import SEED
from crawler.demo.portal import Answer, DemoPortal, Request
from crawler.demo.wire import DemoHTTPServer, RawAnswer, RequestHandler, Respond

Spoil: TypeAlias = Callable[[DemoPortal, Request, Answer], Answer | RawAnswer]


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRule:
    """Spoils the answers under paths that contain `slug`.

    `page` restricts it to `?page=N` (1: also the address without a query); `times` to the first requests.
    """

    name: str
    slug: str
    spoil: Spoil
    page: int | None = None
    times: int | None = None

    def matches(self, request: Request) -> bool:
        asked = request.query("page") or "1"
        return self.slug in request.path and self.page in {None, int(asked) if asked.isdigit() else 0}


class FaultyPortal(DemoPortal):
    """The demo portal with rules that spoil its answers, and with routes of a test's own.

    `routes` maps a path (without query) to an answer for either host.
    """

    def __init__(
        self,
        *,
        rules: Sequence[FaultRule] = (),
        routes: Mapping[str, Answer | RawAnswer] | None = None,
        seed: int = SEED,
        articles: int = 60,
    ) -> None:
        super().__init__(seed=seed, articles=articles)
        self.rules = tuple(rules)
        self.routes = dict(routes or {})
        self._used: Counter[int] = Counter()
        self._lock = threading.Lock()

    def respond(self, request: Request) -> Answer | RawAnswer:
        """A route of the test, else the portal's answer as the first rule that matches spoils it."""
        if request.path in self.routes:
            return self.routes[request.path]
        answer = self.answer(request)
        for number, rule in enumerate(self.rules):
            if rule.matches(request) and self._may_use(number, rule):
                return rule.spoil(self, request, answer)
        return answer

    def _may_use(self, number: int, rule: FaultRule) -> bool:
        with self._lock:
            self._used[number] += 1
            return rule.times is None or self._used[number] <= rule.times


# -- faults of articles


def _fixed(answer: Answer | RawAnswer) -> Spoil:
    return lambda _portal, _request, _answer: answer


def lying_pager(slug: str, *, page: int = 2) -> FaultRule:
    """`?page=N` answers page 1, pager and all."""
    return duplicate_page(slug, page=page, of=1)


def duplicate_page(slug: str, *, page: int, of: int) -> FaultRule:
    """`?page=N` answers the bytes of page `of`."""

    def spoil(portal: DemoPortal, request: Request, _answer: Answer) -> Answer:
        return portal.answer(replace(request, target=f"{request.path}?page={of}"))

    return FaultRule(name="duplicate-page", slug=slug, page=page, spoil=spoil)


def doubled_body(slug: str, *, page: int, of: int) -> FaultRule:
    """`?page=N` has the pager of page N over the text of page `of`: only the text tells."""

    def spoil(portal: DemoPortal, request: Request, answer: Answer) -> Answer:
        other = portal.answer(replace(request, target=f"{request.path}?page={of}"))
        begin, end = b"txt-article", b'<div class="side-article mb5">'
        head, _, rest = answer.body.partition(begin)
        tail = rest.partition(end)[2]
        middle = other.body.partition(begin)[2].partition(end)[0]
        return replace(answer, body=head + begin + middle + end + tail)

    return FaultRule(name="doubled-body", slug=slug, page=page, spoil=spoil)


def failing(slug: str, *, status: int, page: int | None = None, times: int | None = None) -> FaultRule:
    """An error status: 404 or 410 for a deleted article or page, 500 or 503 for ever or a few `times`."""
    answer = Answer(status=status, body=b"<html><body>Terjadi kesalahan</body></html>")
    return FaultRule(name=f"status-{status}", slug=slug, page=page, times=times, spoil=_fixed(answer))


def gone(slug: str) -> FaultRule:
    return failing(slug, status=410)


def soft_404(slug: str) -> FaultRule:
    """Status 200 and a page that says that there is none."""
    text = (
        "<html><head><title>Halaman tidak ditemukan</title></head><body><h1>404</h1>"
        "<p>Maaf, halaman tidak ditemukan. Silakan kembali ke beranda.</p></body></html>"
    )
    return FaultRule(name="soft-404", slug=slug, spoil=_fixed(Answer(body=text.encode())))


def pdf(slug: str) -> FaultRule:
    answer = Answer(
        body=b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n", content_type="application/pdf"
    )
    return FaultRule(name="pdf", slug=slug, spoil=_fixed(answer))


def redirect_loop(slug: str) -> FaultRule:
    """Two addresses that send the client to and fro."""

    def spoil(_portal: DemoPortal, request: Request, _answer: Answer) -> Answer:
        there = (
            request.path.removesuffix("-lagi") if request.path.endswith("-lagi") else f"{request.path}-lagi"
        )
        return Answer(status=302, headers=(("Location", f"http://{request.host}{there}"),))

    return FaultRule(name="redirect-loop", slug=slug, spoil=spoil)


def redirect_to(slug: str, url: str) -> FaultRule:
    return FaultRule(
        name="redirect", slug=slug, spoil=_fixed(Answer(status=302, headers=(("Location", url),)))
    )


def moving_index(day: date, cards: Sequence[Card], arrivals: Mapping[int, int]) -> FaultRule:
    """The index of a day that changes while it is read: of `cards`, newest first, `arrivals[n]` come in just
    before the nth request for it, so that those on page 1 are pushed to page 2, and so on.
    """
    waiting, asked, lock = sum(arrivals.values()), 0, threading.Lock()

    def spoil(portal: DemoPortal, request: Request, answer: Answer) -> Answer:
        nonlocal waiting, asked
        if request.host != cards[0].site.host or request.query("date") != f"{day.year}-{day.month}-{day.day}":
            return answer
        with lock:
            asked += 1
            waiting -= arrivals.get(asked, 0)
            shown = lists.IndexPage(
                site=cards[0].site,
                day=day,
                section=None,
                cards=cards[waiting:],
                page=int(request.query("page") or 1),
                per_page=portal.per_page,
            )
        return replace(answer, body=lists.render_index(shown).encode())

    return FaultRule(name="moving-index", slug="/index-news", spoil=spoil)


def huge_body(slug: str, *, size: int = 20 * 1024 * 1024) -> FaultRule:
    """The page with `size` bytes of blanks at its end."""

    def spoil(_portal: DemoPortal, _request: Request, answer: Answer) -> Answer:
        return replace(answer, body=answer.body + b" " * size)

    return FaultRule(name="huge-body", slug=slug, spoil=spoil)


# -- faults of the wire


def _raw(body: bytes, *, headers: Sequence[tuple[str, str]] = (), length: int | None = None) -> bytes:
    lines = ["HTTP/1.1 200 OK", "Content-Type: text/html; charset=UTF-8", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers]
    lines += [f"Content-Length: {len(body) if length is None else length}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _wire(name: str, slug: str, make: Callable[[bytes], RawAnswer], page: int | None) -> FaultRule:
    def spoil(_portal: DemoPortal, _request: Request, answer: Answer) -> RawAnswer:
        return make(answer.body)

    return FaultRule(name=name, slug=slug, page=page, spoil=spoil)


def reset(slug: str, *, page: int | None = None) -> FaultRule:
    """The connection is reset in the middle of the body."""
    return _wire(
        "reset", slug, lambda body: RawAnswer(pieces=(_raw(body)[: len(body) // 2],), reset=True), page
    )


def content_length_too_long(slug: str, *, page: int | None = None) -> FaultRule:
    """The body ends before the length that was promised."""
    return _wire(
        "content-length", slug, lambda body: RawAnswer(pieces=(_raw(body, length=len(body) + 999),)), page
    )


def corrupt_gzip(slug: str, *, page: int | None = None) -> FaultRule:
    """A gzip body with damage in its middle."""

    def make(body: bytes) -> RawAnswer:
        packed = bytearray(gzip.compress(body, mtime=0))
        middle = len(packed) // 2
        packed[middle : middle + 64] = bytes(64)
        return RawAnswer(pieces=(_raw(bytes(packed), headers=[("Content-Encoding", "gzip")]),))

    return _wire("corrupt-gzip", slug, make, page)


def plain_as_gzip(slug: str, *, page: int | None = None) -> FaultRule:
    """The header says gzip, the body is plain."""
    headers = [("Content-Encoding", "gzip")]
    return _wire("plain-as-gzip", slug, lambda body: RawAnswer(pieces=(_raw(body, headers=headers),)), page)


def slow(slug: str, *, seconds: float, page: int | None = None) -> FaultRule:
    """The second half of the body comes `seconds` later."""

    def make(body: bytes) -> RawAnswer:
        message = _raw(body)
        half = len(message) // 2
        return RawAnswer(pieces=(message[:half], message[half:]), pause=seconds)

    return _wire("slow", slug, make, page)


def dripping(slug: str, *, pieces: int, pause: float) -> FaultRule:
    """The body comes in that many pieces, `pause` seconds apart."""

    def make(body: bytes) -> RawAnswer:
        message = _raw(body)
        step = len(message) // pieces + 1
        return RawAnswer(
            pieces=tuple(message[at : at + step] for at in range(0, len(message), step)), pause=pause
        )

    return _wire("dripping", slug, make, None)


# -- serving in this process


class _TrackingServer(DemoHTTPServer):
    """Ends its connections and joins its threads when closed, so that a test leaves nothing behind."""

    daemon_threads = False

    def __init__(self, respond: Respond, *, handler: type[RequestHandler] | None = None) -> None:
        super().__init__(respond, handler=handler)
        self._open: set[socket.socket] = set()

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        if isinstance(request, socket.socket):
            self._open.discard(request)
        super().shutdown_request(request)

    def end(self) -> None:
        self.shutdown()
        for connection in tuple(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        self.server_close()


@dataclass(slots=True, kw_only=True)
class Running:
    """A server that runs in a thread of the test: its address and what it was asked, in order."""

    url: str
    log: list[Request] = field(default_factory=list)

    def asked(self, part: str) -> list[Request]:
        """The requests whose address contains `part`."""
        return [request for request in self.log if part in request.url]


@contextmanager
def serving_with(respond: Respond, *, handler: type[RequestHandler] | None = None) -> Iterator[Running]:
    """Serve a function from request to answer on loopback while the context lasts."""
    running = Running(url="")

    def logged(request: Request) -> Answer | RawAnswer:
        running.log.append(request)
        return respond(request)

    server = _TrackingServer(logged, handler=handler)
    running.url = server.url
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield running
    finally:
        server.end()
        thread.join()


@contextmanager
def serving(portal: DemoPortal | None = None) -> Iterator[Running]:
    """Serve a demo portal, with its faults if it has any."""
    portal = portal or DemoPortal()
    respond = portal.respond if isinstance(portal, FaultyPortal) else portal.answer
    with serving_with(respond) as running:
        yield running

"""`kliping portals add`: a portal's first file and its fixture, drafted from one page.

What a page shows for certain is suggested (`extractors.suggest`); the fixture has invented words in the place
of the newspaper's (`extractors.filler`). Both work as they are, and the rest is a person's afternoon.
"""

from __future__ import annotations

import importlib
import keyword
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

import extractors
from archives.bodies import decode_body
from archives.reader import StoredRecord, iterate
from crawler.errors import WrongUsageError
from extractors import portals
from extractors.addresses import normalise
from extractors.article import PageReading, Verdict
from extractors.extract import read_page
from extractors.filler import fill, fill_address
from extractors.page import Page, parse
from extractors.suggest import Place, Suggestion, suggest

CHECKOUT = Path(extractors.__file__).resolve().parents[1]
_NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")
_WIDTH = 110
_NUMBER = re.compile(r"\d+")
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A page to draft from: its bytes, where it stood, when it was captured (UTC)."""

    body: bytes
    url: str
    captured_at: datetime
    content_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """The files that were made, and what the page's reading gave with them."""

    portal: Path
    fixture: Path
    test: Path
    reading: PageReading


def load(path: Path, url: str) -> Source:
    """The page in an HTML file, captured when the file was last changed, or in a WARC file's record.

    Raises:
        WrongUsageError: there is no such file, no such record, or the address is none.
        DamageError: the WARC file cannot be read.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise WrongUsageError(f"--url {url!r} is no web address; write it as https://host/path")
    if not parts.path.strip("/"):
        raise WrongUsageError(f"--url {url!r} is a home page; name the address of an article")
    try:
        with path.open("rb") as stream:
            start = stream.read(8)
    except OSError as error:
        raise WrongUsageError(f"--from {path}: cannot be read ({error.strerror})") from error
    if start.startswith(b"WARC/") or (start.startswith(_GZIP) and ".warc" in path.name):
        return _from_warc(path, url)
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Source(body=path.read_bytes(), url=url, captured_at=changed)


def _from_warc(path: Path, url: str) -> Source:
    wanted, others = normalise(url), []
    for record in iterate(path):
        if record.type != "response" or record.status != 200:
            continue
        if _is_address(record, wanted):
            body = decode_body(record.http_headers, record.body).content
            return Source(body=body, url=url, captured_at=record.date, content_type=record.content_type)
        others.append(record.url)
    near = get_close_matches(url, others, n=3, cutoff=0.3)
    hint = f"; it has {', '.join(near)}" if near else f"; it has {len(others)} pages of other addresses"
    raise WrongUsageError(f"--url {url}: {path} has no such page with status 200{hint}")


def _is_address(record: StoredRecord, wanted: str) -> bool:
    try:
        return normalise(record.url) == wanted
    except ValueError:
        return False


def draft(name: str, source: Source, root: Path = CHECKOUT) -> Drafted:
    """Write the portal's file, its fixture and its test below `root`, a clone of this project.

    Raises:
        WrongUsageError: the name is taken or none, a file is there already, the host belongs to a portal,
            or the page is no article that something could be suggested for.
    """
    made = _files(name, root)
    _refuse_known(name, source, made)
    page, suggestion = _read(source)
    host = urlsplit(source.url).hostname or ""
    address = _article(source.url)
    sample, fixture = fill_address(address), fill(page)
    try:
        made[0].write_text(_portal_file(name, host, sample, suggestion, source), "utf-8")
        made[1].write_text(fixture, "utf-8")
        reading = _reading(name, sample, fixture, source)
        made[2].write_text(_test_file(name, sample, source, reading), "utf-8")
    except BaseException:
        for path in made:
            path.unlink(missing_ok=True)
        raise
    return Drafted(portal=made[0], fixture=made[1], test=made[2], reading=reading)


def _files(name: str, root: Path) -> tuple[Path, Path, Path]:
    tests = root / "tests" / "extractors" / "portals"
    if not tests.is_dir():
        raise WrongUsageError(f"{root}: a portal is added in a clone of Kliping, and here are no tests")
    return root / "extractors" / "portals" / f"{name}.py", tests / f"{name}.html", tests / f"test_{name}.py"


def _refuse_known(name: str, source: Source, made: tuple[Path, ...]) -> None:
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise WrongUsageError(f"{name!r} cannot be a portal's name; write small letters, such as harianaceh")
    standing = next((path for path in made if path.exists()), None)
    if standing is not None:
        raise WrongUsageError(f"{standing} is there already; choose another name, or remove it first")
    known = portals.portal_of(source.url)
    if known is not None:
        raise WrongUsageError(
            f"--url: {urlsplit(source.url).hostname} belongs to the portal {known.name!r} already; "
            f"add a rule to extractors/portals/{known.name}.py"
        )


def _read(source: Source) -> tuple[Page, Suggestion]:
    page = parse(
        source.body, url=source.url, captured_at=source.captured_at, content_type=source.content_type
    )
    if isinstance(page, Verdict):
        raise WrongUsageError(f"--from: this is no HTML page: {page.reason}")
    suggestion = suggest(page)
    if isinstance(suggestion, str):
        raise WrongUsageError(f"--from: nothing can be suggested for this page: {suggestion}")
    return page, suggestion


def _reading(name: str, url: str, fixture: str, source: Source) -> PageReading:
    """What the new file makes of the fixture, read as the tests will read it."""
    importlib.invalidate_caches()
    portals.all_portals.cache_clear()
    portals.portals_by_host.cache_clear()
    module = importlib.import_module(f"extractors.portals.{name}")
    assert portals.portal_of(url) is module.PORTAL
    return read_page(fixture.encode(), url=url, captured_at=source.captured_at)


def _article(url: str) -> str:
    parts = urlsplit(normalise(url))
    return f"{parts.scheme}://{parts.hostname}{parts.path.rstrip('/')}"


def shape_of(path: str) -> str:
    """A pattern for addresses of the same shape: numbers, sections and the slug may differ."""
    pieces = [piece for piece in path.split("/") if piece]
    return "".join(f"/{_piece(piece, last=place == len(pieces))}" for place, piece in enumerate(pieces, 1))


def _piece(piece: str, *, last: bool) -> str:
    if re.fullmatch(r"(?:19|20)\d\d", piece):
        return r"(?:19|20)\d\d"
    if piece.isdecimal():
        return rf"\d{{{len(piece)}}}" if len(piece) <= 2 else r"\d+"
    if numbered := re.fullmatch(r"([a-z]{1,3})-\d+", piece):
        return rf"{numbered[1]}-\d+"
    return "[^/]+" if last else r"[\w-]+"


def _portal_file(name: str, host: str, sample: str, suggestion: Suggestion, source: Source) -> str:
    parts = urlsplit(sample)
    brand = suggestion.brand or host
    day = source.captured_at.date()
    places = {
        "marks": suggestion.container,
        "container": suggestion.container,
        "headline": suggestion.headline,
        "keywords": suggestion.keywords,
        "date_text": suggestion.date_text,
        "photo": suggestion.photo,
        "photo_caption": suggestion.photo_caption,
        "pager": suggestion.pager,
    }
    missing = [field for field in ("writer", "editor", "sections", *places) if places.get(field) is None]
    expressions = [(field, _expression(place)) for field, place in places.items() if place is not None]
    fields = "".join(_field(field, expression) for field, expression in expressions)
    helper = ", has_class" if "has_class(" in fields else ""
    names = f"JAKARTA, Host, Paging, Portal, Rule, Sample{helper}"
    said = "JSON-LD tells more of it" if suggestion.has_json_ld else "there is no JSON-LD"
    paging = suggestion.paging
    return f'''"""{_prose(brand)}, drafted from one page of {day:%B %Y}; {said}."""

from __future__ import annotations

import re
from datetime import date

from extractors.portal import {names}

{_comment("Not found on the page, or not for certain: " + ", ".join(missing) + ".")}
RULE_{day.year} = Rule(
    name="{name}-{day.year}",
    valid_from=date({day.year}, {day.month}, {day.day}),
{fields})

PORTAL = Portal(
    name="{name}",
    title={_quoted(brand)},
    group="{name}",
    hosts=(
        Host(
            name="{host}",
            brand={_quoted(brand)},
            province="",
            zone=JAKARTA,
        ),
    ),
    rules=(RULE_{day.year},),
    publisher={_quoted(brand)},
    publisher_url="{parts.scheme}://{host}/",
    scheme="{parts.scheme}",
    shapes=(re.compile(r"{shape_of(parts.path)}"),),
    samples=(
        Sample(
            url="{sample}?utm_source=wa",
            article="{sample}",
        ),
        Sample(url="{parts.scheme}://{host}/", article=None),
        Sample(url="{parts.scheme}://{host}/tag/contoh", article=None),
    ),
    paging=Paging(parameter="{paging.parameter}", whole={_pair(paging.whole)}),
)
'''


def _expression(place: Place) -> str:
    """The place as Python source: an f-string where it names a class."""
    xpath = place.expression(lambda name: f"{{has_class('{name}')}}")
    return f'f"{xpath}"' if "has_class" in xpath else f'"{xpath}"'


def _field(name: str, value: str) -> str:
    line = f"    {name}=({value},),\n"
    return line if len(line) <= _WIDTH + 1 else f"    {name}=(\n        {value},\n    ),\n"


def _comment(text: str) -> str:
    return textwrap.fill(text, _WIDTH, initial_indent="# ", subsequent_indent="# ")


def _constant(name: str, text: str) -> str:
    """An assignment in the project's format: in brackets only if that makes it fit."""
    line = f'{name} = "{text}"'
    return f'{name} = (\n    "{text}"\n)' if len(line) > _WIDTH >= len(text) + 6 else line


def _pair(pair: tuple[str, str] | None) -> str:
    return "None" if pair is None else f'("{pair[0]}", "{pair[1]}")'


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "").replace('"', "'") + '"'


def _prose(text: str) -> str:
    return text.replace("\\", "").replace('"', "'")


def _test_file(name: str, sample: str, source: Source, reading: PageReading) -> str:
    claims = "\n".join(f"    {line}" for line in _claims(reading))
    at = source.captured_at.astimezone(UTC)
    return f'''"""{name}: one page with invented text on its own markup."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from extractors.article import PageKind
from extractors.extract import read_page

PAGE = Path(__file__).with_name("{name}.html")
{_constant("URL", sample)}
CAPTURED = datetime({at.year}, {at.month}, {at.day}, {at.hour}, {at.minute}, tzinfo=UTC)


def test_the_page_is_read_with_its_rule() -> None:
    reading = read_page(PAGE.read_bytes(), url=URL, captured_at=CAPTURED)
    assert reading.verdict.kind is PageKind.ARTICLE
{claims}
'''


def _claims(reading: PageReading) -> Iterator[str]:
    yield f'assert (reading.portal, reading.rule) == ("{reading.portal}", "{reading.rule}")'
    yield "assert reading.headline"
    yield f"assert len(reading.parts) == {len(reading.parts)}"
    if reading.published is not None:
        yield "assert reading.published is not None"
        yield f'assert reading.published.isoformat() == "{reading.published.isoformat()}"'
    yield f"assert len(reading.authors) == {len(reading.authors)}"
    yield f"assert len(reading.editors) == {len(reading.editors)}"
    yield f"assert len(reading.keywords) == {len(reading.keywords)}"
    yield f"assert len(reading.photos) == {len(reading.photos)}"
    yield f"assert len(reading.related) == {len(reading.related)}"

"""An article to take along: its record, its text, its WARC records, a package for replay."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Blueprint, Response
from werkzeug.wrappers import Response as AnyResponse

from archives import sidecar
from archives.excerpt import Excerpt, write_excerpt, write_excerpt_wacz
from reading_room import replay
from reading_room.holdings import Shelved, holdings
from reading_room.typesetting import clean

blueprint = Blueprint("downloads", __name__)

_PIECE = 1 << 16


@blueprint.get("/articles/<place:place>.json")
def record(place: str) -> AnyResponse:
    """The sidecar: `to_bytes` gives the file's bytes again."""
    article = holdings().shelved(place)
    return _file(sidecar.to_bytes(article.record), "application/json", f"{_name(article)}.json")


@blueprint.get("/articles/<place:place>.txt")
def text(place: str) -> AnyResponse:
    article = holdings().shelved(place)
    return _file(plain_text(article.record).encode("utf-8", "replace"), "text/plain", f"{_name(article)}.txt")


@blueprint.get("/articles/<place:place>.warc.gz")
def warc(place: str) -> AnyResponse:
    """The records of the article's pages and of what belongs to them, as they lie in the archive."""
    excerpt = _excerpt(holdings().shelved(place))
    with TemporaryDirectory(prefix="kliping-") as folder:
        path = Path(folder) / "article.warc.gz"
        with path.open("wb") as out:
            write_excerpt(excerpt, out, software=_software())
        return _stream(path, "application/warc", f"{excerpt.name}.warc.gz")


@blueprint.get("/articles/<place:place>.wacz")
def wacz(place: str) -> AnyResponse:
    """The same as a package that ReplayWeb.page opens."""
    excerpt = _excerpt(holdings().shelved(place))
    with TemporaryDirectory(prefix="kliping-") as folder:
        path = Path(folder) / "article.wacz"
        write_excerpt_wacz(excerpt, path, software=_software())
        return _stream(path, "application/wacz+zip", f"{excerpt.name}.wacz")


def _excerpt(article: Shelved) -> Excerpt:
    """With the pictures and style sheets that the pages show in this room."""
    beside = [
        place
        for page in article.record["archive"]["pages"]
        for ref in replay.parts_of(page).values()
        for place in (ref.place, *([ref.original] if ref.original is not None else []))
    ]
    return Excerpt.of(holdings().collection, holdings().catalogue, article.record, beside)


def plain_text(record: Mapping[str, Any]) -> str:
    """Title, names, date and the text, with a blank line between paragraphs; nothing that was not printed."""
    names = ", ".join(str(person["name"]) for person in record.get("author", ()))
    head = [record.get("alternativeHeadline"), record["headline"], record.get("description")]
    head.append(names or record.get("creditText"))
    head.append(record.get("datePublished") or record.get("datePublishedText"))
    lines = [clean(line) for line in (*head, record["url"]) if line]
    return (
        "\n".join(lines)
        + "\n\n"
        + "\n\n".join(clean(paragraph) for paragraph in str(record["articleBody"]).split("\n\n"))
        + "\n"
    )


def _software() -> str:
    return f"Kliping/{version('kliping')}"


def _name(article: Shelved) -> str:
    return article.place.rpartition("/")[2]


def _file(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _stream(path: Path, kind: str, name: str) -> Response:
    """What a file holds, in pieces. Open, it lives on without its name; it is closed when all is sent, or
    nobody wants it any more.
    """
    out, size = path.open("rb"), path.stat().st_size
    answer = Response(iter(lambda: out.read(_PIECE), b""), mimetype=kind)
    answer.call_on_close(out.close)
    answer.content_length = size
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer

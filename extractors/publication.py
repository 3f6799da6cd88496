"""When an article was published and changed: the printed time, the machine's, and whose zone holds.

Source of the order: the network prints WIB, WITA or WIT on some hosts and no zone on others; the offsets of
its JSON-LD on hosts outside western time are unknown and can be the template's +07:00 on a local clock time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from lxml.html import HtmlElement

from extractors.dates import (
    PrintedDate,
    in_zone,
    is_day,
    read_iso,
    read_printed,
    read_updated,
    says_updated,
    zone_offset,
)
from extractors.page import fold
from extractors.queries import xpath
from extractors.scene import Header, Scene, text_of

_MOST_NODES = 5
_LONGEST_LABEL = 60
_LONGEST_LINE = 300
_WESTERN = timedelta(hours=7)
_OTHER_ZONE = "JSON-LD states the clock time with another zone than the page"
# A newsroom may date a piece ahead by hours (its print edition), not by days.
_AHEAD = timedelta(days=2)


def read_publication(header: Header, scene: Scene, ld: Mapping[str, object]) -> None:
    """Publication: a printed time with its zone wins, then `time[datetime]`, then a printed time in the zone
    of the host, then JSON-LD and the data layer, then a mere day. Of changes only JSON-LD and the page tell.
    """
    shown = list(_shown(scene))
    printed = _printed([text for text, _ in shown])
    stamp = next((stamp for _, stamp in shown if read_iso(stamp) is not None and not is_day(stamp)), "")
    stamped = text_of(ld, "datePublished")
    stated = read_iso(stamped)
    if printed is not None:
        header.put("published_text", printed.text, "rule")
        if printed.has_time:
            _put_printed(header, scene, printed, read_iso(stamp), stated)
    _put(header, scene, stamp, "time[datetime]")
    _put(header, scene, stamped, "json-ld")
    for value, source in _scripts(scene):
        _put(header, scene, value, source)
    _put_day(header, scene, printed, [stamped, *(stamp for _, stamp in shown)])
    _modified(header, scene, stated, read_iso(text_of(ld, "dateModified")), [text for text, _ in shown])
    published = header.fields.get("published")
    if isinstance(published, datetime) and published > scene.page.captured_at + _AHEAD:
        header.warnings.append("the date of publication is later than the capture")


def _printed(lines: list[str]) -> PrintedDate | None:
    """The printed date; its day and its time can stand in two elements."""
    dates = [date for text in (*lines, " ".join(lines)) if (date := read_printed(text)) is not None]
    return next((date for date in dates if date.has_time), dates[0] if dates else None)


def _shown(scene: Scene) -> Iterator[tuple[str, str]]:
    """The lines that print the article's date, with its machine form, from the likeliest place."""
    found: list[tuple[str, str]] = []
    for expression in scene.rule.date_text if scene.rule is not None else ():
        for node in xpath(expression)(scene.page.tree)[:_MOST_NODES]:
            stamp = node.get("datetime") or node.get("content") or ""
            line = _line(node)
            if stamp and says_updated(line.partition("\n")[0]):
                stamp = ""
            found.append((fold(line), stamp))
        if any(read_printed(text) or read_iso(stamp) for text, stamp in found):
            break
    yield from found


def _line(node: HtmlElement) -> str:
    """The element's text behind its label, which can stand in the element before it, a line each."""
    text, parent = str(node.text_content()), node.getparent()
    before = node.getprevious()
    label = (
        f"{before.text_content()} {before.tail or ''}"
        if before is not None and isinstance(before.tag, str)
        else (parent.text or "")
        if parent is not None
        else ""
    )
    if not read_printed(fold(text)[:_LONGEST_LINE]) and parent is not None and node.tag != "time":
        whole = str(parent.text_content())
        return whole if len(whole) <= _LONGEST_LINE else text
    label = fold(label)
    return f"{label}\n{text}" if len(label) <= _LONGEST_LABEL and says_updated(label) else text


def _put_printed(
    header: Header, scene: Scene, printed: PrintedDate, machine: datetime | None, stated: datetime | None
) -> None:
    """A printed time: with its own zone, else with the machine's if it is the same instant or the host's zone
    says nothing, else in the host's.
    """
    moment = in_zone(printed.moment, scene.zone)
    if printed.moment.tzinfo is None and machine is not None and machine.tzinfo is not None:
        if scene.host is None or _minute_of(machine.astimezone(moment.tzinfo)) == _minute_of(moment):
            header.put("published", machine, "time[datetime]")
            return
        header.warnings.append("the printed time and the machine's are not the same instant")
    header.put("published", _with_seconds(moment, scene, stated), "printed")


def _with_seconds(moment: datetime, scene: Scene, stated: datetime | None) -> datetime:
    """A printed minute, with the seconds of a script that states the same minute."""
    for exact in (stated, read_iso(scene.page.data_layer.get("publish_date", ""))):
        if exact is None:
            continue
        there = exact.astimezone(moment.tzinfo) if exact.tzinfo is not None else exact
        if _minute_of(moment) in {_minute_of(exact), _minute_of(there)}:
            return moment.replace(second=exact.second)
    return moment


def _scripts(scene: Scene) -> Iterator[tuple[str, str]]:
    yield scene.page.data_layer.get("publish_date", ""), "dataLayer"
    for name in ("article:published_time", "content_publisheddate", "datepublished"):
        yield scene.page.meta.get(name, ""), "meta"


def _put(header: Header, scene: Scene, value: str, source: str) -> None:
    """Keep a machine's time; a day without a time is none."""
    moment = read_iso(value) if "published" not in header.fields else None
    if moment is not None and not is_day(value):
        header.put("published", _believed(header, scene, in_zone(moment, scene.zone)), source)


def _believed(header: Header, scene: Scene, moment: datetime) -> datetime:
    """A stated instant; western time on a host outside it is doubted, unless the data layer's local time
    bears it out.
    """
    host = zone_offset(scene.zone)
    if scene.host is None or moment.utcoffset() != _WESTERN or host.utcoffset(None) == _WESTERN:
        return moment
    local = read_iso(scene.page.data_layer.get("publish_date", ""))
    if local is not None and _minute_of(moment.astimezone(host)) == _minute_of(local):
        return moment
    header.warnings.append("a time is stated in western time on a host outside it; read as the host's")
    return moment.replace(tzinfo=host)


def _put_day(header: Header, scene: Scene, printed: PrintedDate | None, stamps: list[str]) -> None:
    """The beginning of the day, where no more than the day is known."""
    if "published" in header.fields:
        return
    days = [printed.moment] if printed is not None else []
    days += [moment for stamp in stamps if (moment := read_iso(stamp)) is not None]
    if days and header.put("published", in_zone(days[0], scene.zone), "printed" if printed else "json-ld"):
        header.warnings.append("the page gives the day of publication without a time")


def _modified(
    header: Header, scene: Scene, stated: datetime | None, modified: datetime | None, lines: list[str]
) -> None:
    """The time of the last change. Where JSON-LD prints the publication's clock time with another offset than
    the page, its offset is wrong, and the page's holds for both.
    """
    published = header.fields.get("published")
    if modified is not None:
        moment = in_zone(modified, scene.zone)
        if isinstance(published, datetime) and _other_zone(stated, published):
            header.warnings.append(_OTHER_ZONE)
            moment = modified.replace(tzinfo=published.tzinfo)
        _put_modified(header, published, moment, "json-ld")
    printed = next((date for text in lines if (date := read_updated(text))), None)
    if printed is not None and printed.has_time:
        _put_modified(header, published, in_zone(printed.moment, scene.zone), "printed")
    changed = read_iso(scene.page.meta.get("article:modified_time", ""))
    if changed is not None and changed.tzinfo is not None:
        _put_modified(header, published, changed, "meta")


def _other_zone(stated: datetime | None, published: datetime) -> bool:
    return (
        stated is not None
        and stated.tzinfo is not None
        and _minute_of(stated) == _minute_of(published)
        and stated.utcoffset() != published.utcoffset()
    )


def _put_modified(header: Header, published: object, moment: datetime, source: str) -> None:
    """Keep a change, unless it lies before the publication: then one of the two is wrong."""
    if isinstance(published, datetime) and moment < published.replace(second=0, microsecond=0):
        header.warnings.append("the stated change lies before the publication and is left out")
        return
    header.put("modified", moment, source)


def _minute_of(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0, tzinfo=None)

"""The quick judgement of a sidecar is jsonschema's: it never accepts what the schema refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from archives import sidecar
from archives.acceptance import acceptor
from archives.sidecar import Usage
from tests.archives import shelf
from tests.archives.shelf import article_fields, sidecar_record
from tests.archives.test_catalogue import REF

SCHEMA = json.loads((shelf.ROOT / "archives" / sidecar.SCHEMA_FILE).read_text("utf-8"))
ACCEPTS = acceptor(SCHEMA)
JUDGE = Draft202012Validator(SCHEMA)
WRONG: tuple[object, ...] = (
    *(None, True, False, 0, 1, -1, 7, 1.0, 0.5, "", "x", "\n", "2026-11-22T01:02:03Z\n", [], [""], [1], {}),
    *({"name": "x"}, {"@type": "Person"}, [{"name": "x"}], [{"name": 1}], [[]]),
)


def _full() -> dict[str, object]:
    """A sidecar with every field that the schema knows."""
    fields = article_fields() | {
        "author": [{"name": "A", "url": "https://pesisir.example/a"}],
        "contributor": [{"name": "B", "roleName": "reporter"}],
        "image": [{"contentUrl": "https://pesisir.example/i.jpg", "caption": "C", "position": 1}],
        "relatedLink": [{"url": "https://pesisir.example/x", "name": "X", "page": 1, "afterPosition": 0}],
        "isAccessibleForFree": True,
        "locationCreated": {"name": "Kuala"},
    }
    said = {"aiUse": "reserved", "signals": [{"source": "page", "name": "robots", "value": "noai"}]}
    return sidecar.complete(
        fields,
        collection="warta",
        pages={1: REF},
        version=sidecar.Version(),
        usage=Usage(said=said, robots=REF),
    )


FULL = _full()


def _places(value: object, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield place
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for name, member in members:
        yield from _places(member, (*place, name))


PLACES = [place for place in _places(FULL) if place]


def _changed(place: tuple[str | int, ...], change: str, value: object) -> dict[str, object]:
    """The record with something put in, added beside or taken away at a place."""
    changed = deepcopy(FULL)
    holder: object = changed
    for name in place[:-1]:
        assert isinstance(holder, dict | list)
        holder = holder[name]  # type: ignore[index]
    assert isinstance(holder, dict | list)
    if change == "put":
        holder[place[-1]] = value  # type: ignore[index]
    elif change == "take":
        del holder[place[-1]]  # type: ignore[arg-type]
    elif isinstance(holder, dict):
        holder["invented"] = value
    else:
        holder.append(value)
    return changed


def test_what_fits_the_schema_is_accepted() -> None:
    for record in (FULL, sidecar_record(REF)):
        assert JUDGE.is_valid(record)
        assert ACCEPTS(record)


def test_a_record_changed_in_one_place_is_accepted_only_where_it_fits() -> None:
    accepted = 0
    for place in PLACES:
        for change, values in (("put", WRONG), ("add", WRONG), ("take", (None,))):
            for value in values:
                record = _changed(place, change, value)
                if ACCEPTS(record):
                    accepted += 1
                    assert JUDGE.is_valid(record), (place, change, value)
    assert accepted > len(PLACES)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


@given(st.sampled_from(PLACES), JSON)
def test_whatever_stands_in_a_record_is_accepted_only_where_it_fits(
    place: tuple[str | int, ...], value: object
) -> None:
    record = _changed(place, "put", value)
    assert JUDGE.is_valid(record) or not ACCEPTS(record)


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "string", "format": "date-time"},
        {"type": "string", "minLength": 1, "pattern": "x"},
        {"type": "integer", "maximum": 7},
        {"type": "date"},
        {"type": "object", "properties": {}},
        {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        {"enum": [1.5]},
        {"const": "x", "type": "string"},
        {"anyOf": [{"type": "string"}]},
    ],
)
def test_a_schema_with_more_than_ours_uses_is_refused(schema: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="is not understood"):
        acceptor(schema)

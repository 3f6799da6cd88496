"""A JSON Schema as one function that says quickly whether a value fits it.

jsonschema makes a validator object for each value below each keyword: 5 ms for a sidecar of two pages, more
than joining its pages. This says yes many times faster, and only where jsonschema would; whoever hears a
no asks jsonschema, which also knows why. Of the language it speaks what our schema uses and refuses the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

Accepts = Callable[[object], bool]
Schema = Mapping[str, object]

_SAYS_NOTHING = frozenset({"$schema", "$id", "title", "description"})
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
}


def acceptor(schema: Schema) -> Accepts:
    """What accepts the values that fit a schema (JSON Schema 2020-12). It may refuse one that fits, such as
    1.0 for an integer, and never accepts one that does not.

    Raises:
        ValueError: the schema uses a keyword, or a keyword in a way, that is not understood here.
    """
    said = {name: value for name, value in schema.items() if name not in _SAYS_NOTHING}
    for first, make in _FORMS.items():
        if first in said:
            found = make(said)
            if found is not None:
                return found
    raise ValueError(f"a schema with {', '.join(sorted(said)) or 'nothing in it'} is not understood")


def _one_of(said: Schema) -> Accepts | None:
    """`const` or `enum` alone, of texts and numbers. 1 is not true, as JSON has it."""
    values = said.get("enum", [said.get("const")])
    if len(said) != 1 or not isinstance(values, list):
        return None
    if not all(type(value) in {str, int} for value in values):
        return None
    allowed = frozenset((type(value), value) for value in values)
    return lambda value: type(value) in {str, int} and (type(value), value) in allowed


def _typed(said: Schema) -> Accepts | None:
    kind = said["type"]
    if kind == "object":
        return _object(said)
    if kind == "array":
        return _array(said)
    names = kind if isinstance(kind, list) else [kind]
    if not all(isinstance(name, str) and name in _TYPES for name in names):
        return None
    types = frozenset(each for name in names for each in _TYPES[str(name)])
    return _scalar(types, {name: value for name, value in said.items() if name != "type"})


def _scalar(types: frozenset[type], bounds: Schema) -> Accepts | None:
    """A text or number, with at most one bound on it."""
    match bounds:
        case {"minLength": int(least), **more} if not more and types == {str}:
            return lambda value: type(value) is str and len(value) >= least
        case {"pattern": str(pattern), **more} if not more and types == {str}:
            search = re.compile(pattern).search
            return lambda value: type(value) is str and search(value) is not None
        case {"minimum": int(least), **more} if not more and types == {int}:
            return lambda value: type(value) is int and value >= least
        case {**more} if not more:
            return lambda value: type(value) in types
    return None


def _array(said: Schema) -> Accepts | None:
    least, items = said.get("minItems", 0), said.get("items")
    if (
        said.keys() - {"type", "items", "minItems"}
        or not isinstance(least, int)
        or not isinstance(items, dict)
    ):
        return None
    accepts = acceptor(items)
    return lambda value: type(value) is list and len(value) >= least and all(map(accepts, value))


def _object(said: Schema) -> Accepts | None:
    """An object whose other members than those named are refused, or all fit one schema."""
    known, required = said.get("properties", {}), said.get("required", [])
    others = said.get("additionalProperties")
    if said.keys() - {"type", "properties", "required", "additionalProperties"}:
        return None
    if not isinstance(known, dict) or not isinstance(required, list):
        return None
    members = {name: acceptor(member) for name, member in known.items()}
    needed = frozenset(map(str, required))
    rest = acceptor(others) if isinstance(others, dict) else None
    if rest is None and others is not False:
        return None

    def accepts(value: object) -> bool:
        if type(value) is not dict or not needed <= value.keys():
            return False
        for name, member in value.items():
            check = members.get(name, rest)
            if check is None or not check(member):
                return False
        return True

    return accepts


_FORMS: Mapping[str, Callable[[Schema], Accepts | None]] = {"type": _typed, "const": _one_of, "enum": _one_of}

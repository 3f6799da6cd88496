"""Values that cross process borders: a reading goes from its worker to the desk, and back to be joined.

The state that dataclasses give to pickle is put together field by field in Python; a reading holds some
thirty values, and packing them in C costs a tenth less.
"""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from typing import TypeVar

T = TypeVar("T")


def packed(cls: type[T]) -> type[T]:
    """A frozen dataclass with slots, and at least two fields, whose state is packed and unpacked in C."""
    names = [one.name for one in fields(cls)]  # type: ignore[arg-type]
    take = attrgetter(*names)
    puts = [vars(cls)[name].__set__ for name in names]

    def get_state(self: T) -> tuple[object, ...]:
        return take(self)

    def set_state(self: T, state: tuple[object, ...]) -> None:
        for put, value in zip(puts, state, strict=True):
            put(self, value)

    for name, method in (("__getstate__", get_state), ("__setstate__", set_state)):
        setattr(cls, name, method)
    return cls

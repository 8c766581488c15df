"""What is looked for, as statements have it: written out, or told when they are executed."""

import re
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Integer, String, bindparam, func, literal, select

from services.ids import id_range
from services.listing.search_terms import SearchTerm

_ESCAPE = "\\"
"""What stands in a pattern before a character that is meant as it is, unless a statement names another."""


@dataclass(frozen=True)
class Sought:
    """A text that rows may hold, and the keys that it may stand for."""

    whole: ColumnElement[Any]
    pattern: ColumnElement[Any]
    """Of LIKE, for texts that hold it."""
    lowered: ColumnElement[Any]
    """The same for texts in lower case: these are the database's making, and so must this be."""
    keys: tuple[ColumnElement[Any], ColumnElement[Any]] | None
    """The first and the last key that it is, or begins; None where it is that of none."""

    @classmethod
    def of(cls, term: SearchTerm, key: Any) -> Self:
        """
        Args:
            key: the primary key of the table that is searched; None where it has several.
        """
        keys = keys_of(term, key)
        kind = _kind(key)
        like = literal(pattern(term.text))
        bounds = keys and (literal(keys[0], kind), literal(keys[1], kind))
        return cls(literal(term.text), like, func.lower(like), bounds)

    @classmethod
    def named(cls, name: str, key: Any, *, has_keys: bool) -> Self:
        """One that `parameters` tell under this name."""
        kind = _kind(key)
        like = bindparam(f"{name}_pattern", type_=String)
        return cls(
            bindparam(name, type_=String),
            like,
            select(func.lower(like)).scalar_subquery(),  # once, and not for each row
            (bindparam(f"{name}_first", type_=kind), bindparam(f"{name}_last", type_=kind)) if has_keys else None,
        )


def parameters(name: str, term: SearchTerm, key: Any) -> dict[str, Any]:
    """What tells a statement the term that goes by the name."""
    first, last = keys_of(term, key) or (None, None)
    return {name: term.text, f"{name}_pattern": pattern(term.text), f"{name}_first": first, f"{name}_last": last}


def pattern(text: str) -> str:
    """The pattern of LIKE for texts that hold this one."""
    for special in (_ESCAPE, "%", "_"):
        text = text.replace(special, _ESCAPE + special)
    return f"%{text}%"


def keys_of(term: SearchTerm, key: Any) -> tuple[Any, Any] | None:
    """The first and the last key that the term is, or begins; None where it is that of none."""
    if key is None or term.is_phrase or term.is_excluded:
        return None
    kind = key.type.python_type
    if kind is UUID:
        return id_range(term.text.lower())
    if kind is int and re.fullmatch(r"[0-9]{1,18}", term.text):
        return int(term.text), int(term.text)
    return None


def _kind(key: Any) -> Any:
    """A number that is typed may be greater than a key can be."""
    return BigInteger() if key is not None and isinstance(key.type, Integer) else key is not None and key.type

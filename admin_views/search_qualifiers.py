"""Qualifiers in a list's search box: `status:failed` is the filter “Status equals Failed”, typed.

A view's filterable columns are its qualifiers: by name (`user.email`), by the name's end (`email`) and by the label
(`persons_email`) where these mean one column only; `before:` and `after:` are about the time that orders the list.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from admin_views.asked_filters import AskedFilter, is_usable
from services.listing.search_terms import Qualifier, quoted

Attempts = Iterator[tuple[str, str]]
"""Comparisons, by what filters call them, and their values: the first that a column has and can use is meant."""

NOTHING, ANYTHING = "none", "any"
_TRUTHS = {"true": "yes", "false": "no"}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NAME = re.compile(r"[^\W\d][\w.]*")
_NEWER, _OLDER = ("greater than", "within"), ("smaller than", "older than")
_SIDES = {">": _NEWER, "<": _OLDER, ">=": ("at least",), "<=": ("at most",)}
_OF_TIME = {"after": ">", "before": "<"}
_LIKE_THAT = (
    ("contains", "not contains"),
    ("has", "has not"),
    ("equals", "not equal"),
    ("within", None),
    ("in network", None),
    ("holds", None),
)
"""What a value without an operator means, in the order in which it is tried, and what denies it."""


@dataclass
class Column:
    """One column that can be filtered by, as a qualifier."""

    name: str
    source: str
    """What the view calls it, along relations where it is not of the list's own table."""
    label: str
    comparisons: dict[str, tuple[int, Any]] = field(default_factory=dict)
    """The view's filters by what they call themselves, with their indexes."""

    def has(self, *comparisons: str) -> bool:
        return all(comparison in self.comparisons for comparison in comparisons)

    @property
    def is_time(self) -> bool:
        return self.has("greater than", "smaller than") and "date" in str(self.comparisons["greater than"][1].data_type)

    @property
    def options(self) -> list[tuple[str, str]]:
        """Its values and their labels, where they are known beforehand and few."""
        _, flt = self.comparisons.get("equals", (0, None))
        return [(str(value), str(label)) for value, label in getattr(flt, "options", None) or ()]

    @property
    def words(self) -> list[str]:
        """The values as they are typed: a truth is yes or no."""
        return [_word(value, label) for value, label in self.options]

    def asked(self, qualifier: Qualifier) -> AskedFilter | None:
        """The filter that the qualifier stands for; None where there is none, or it can't use the value."""
        for comparison, value in self._attempts(qualifier):
            index, flt = self.comparisons.get(comparison, (0, None))
            if flt is not None and value and is_usable(flt, value):
                return AskedFilter(index, str(flt.name), value)
        return None

    def problem(self, qualifier: Qualifier) -> str:
        """Why the qualifier can't be used, and what can be."""
        tried = [self.comparisons[comparison][1] for comparison, _ in self._attempts(qualifier) if self.has(comparison)]
        expected = getattr(tried[0], "expected", None) if tried and qualifier.value else None
        why = f"it needs {expected}" if expected else f"there is {', '.join(self.examples)}"
        return f"can’t be used: {why}."

    @property
    def examples(self) -> list[str]:
        """Qualifiers of this column that can be used."""
        return [f"{self.name}:{value}" for value in self._sample_values()]

    def _sample_values(self) -> Iterator[str]:
        if words := self.words:
            yield words[0]
            if len(words) > 1 and self.has("in list"):
                yield ",".join(words[:2])
        elif self.is_time:
            yield from ("24h", ">2026-11-01") if self.has("within") else (">2026-11-01",)
        elif self.has("greater than", "in list"):
            yield from (">5", "<5", "1,2")
        elif self.has("contains"):
            yield from ("text", '"two words"', '="the whole text"')
        else:
            yield "value"
        if self.has("empty"):
            yield NOTHING

    def _attempts(self, qualifier: Qualifier) -> Attempts:
        value = qualifier.value.strip()
        if qualifier.operator:
            yield from self._compared(qualifier, value)
            return
        deny = 1 if qualifier.is_excluded else 0
        if not qualifier.is_phrase:
            yield from self._bare(value, bool(deny))
        for comparison in _LIKE_THAT:
            if (name := comparison[deny]) is not None:
                yield name, self._value(value)

    def _compared(self, qualifier: Qualifier, value: str) -> Attempts:
        if qualifier.operator == "=":
            yield "not equal" if qualifier.is_excluded else "equals", self._value(value)
        elif qualifier.operator in _SIDES and not qualifier.is_excluded:
            yield from ((comparison, value) for comparison in _SIDES[qualifier.operator])

    def _bare(self, value: str, is_denied: bool) -> Attempts:
        """What only a value without quotation marks can mean."""
        if value.lower() in (NOTHING, ANYTHING) and value.lower() not in self.words:
            yield "empty", "1" if (value.lower() == NOTHING) is not is_denied else "0"
        if "," in value:
            listed = ",".join(self._value(part.strip()) for part in value.split(","))
            yield "not in list" if is_denied else "in list", listed
            if not is_denied:
                yield "has any of", listed
        if ".." in value and not is_denied:
            yield "between", " to ".join(value.split("..", 1))
        if _DAY.fullmatch(value) and self.is_time and not is_denied:
            yield "between", f"{value} 00:00:00 to {value} 23:59:59.999999"

    def _value(self, value: str) -> str:
        """The value as the filter's address has it: it may be typed as its label too."""
        wanted = _folded(_TRUTHS.get(value.lower(), value) if set(self.words) == {"yes", "no"} else value)
        return next((key for key, label in self.options if wanted in (_folded(key), _folded(label))), value)


class Qualifiers:
    """The qualifiers of one view."""

    def __init__(self, view: Any, is_open: Callable[[Any], bool] = lambda flt: True) -> None:
        """
        Args:
            is_open: whether a filter of the view is one.
        """
        self.columns = _columns(view, is_open)
        self._names = _names(self.columns)
        self._time = _main_time(view, self.columns)

    def __contains__(self, name: object) -> bool:
        return name in self._names or name in self._of_time

    @property
    def _of_time(self) -> tuple[str, ...]:
        """Qualifiers about the list's own time."""
        return tuple(name for name in _OF_TIME if name not in self._names) if self._time else ()

    def asked(self, qualifier: Qualifier) -> AskedFilter | None:
        """The filter that a qualifier stands for; None where it can't be used."""
        meant = self._meant(qualifier)
        return meant and meant[0].asked(meant[1])

    def problem(self, qualifier: Qualifier) -> str:
        """Why a qualifier can't be used."""
        meant = self._meant(qualifier)
        if meant is None:
            return f"“{qualifier}” can’t be used: there is {qualifier.name}:2026-11-01."
        return f"“{qualifier}” {meant[0].problem(meant[1])}"

    def names(self) -> list[str]:
        """What the qualifiers are called, each by its shortest name."""
        return [*(column.name for column in self.columns), *self._of_time]

    def suggestions(self) -> list[dict[str, Any]]:
        """What the search box offers: names with their labels, examples and values."""
        of_columns = [_suggestion(column.name, column.label, column.examples, column) for column in self.columns]
        label = self._time.label if self._time else ""
        of_time = [_suggestion(name, f"{label}: {name}", [f"{name}:2026-11-01"]) for name in self._of_time]
        return [*of_columns, *of_time]

    def _meant(self, qualifier: Qualifier) -> tuple[Column, Qualifier] | None:
        """The column that is meant, and what is asked of it in its own terms; None where a time can't be asked so."""
        column = self._names.get(qualifier.name)
        if column is not None:
            return column, qualifier
        if self._time is None or qualifier.operator or qualifier.is_excluded:
            return None
        return self._time, Qualifier(self._time.name, qualifier.value, _OF_TIME[qualifier.name])


def _suggestion(name: str, label: str, examples: list[str], column: Column | None = None) -> dict[str, Any]:
    words = zip(column.words, (label for _, label in column.options), strict=True) if column else ()
    return {"name": name, "label": label, "examples": examples, "values": [list(pair) for pair in words]}


def _columns(view: Any, is_open: Callable[[Any], bool]) -> list[Column]:
    found: dict[str, Column] = {}
    for index, flt in enumerate(view._filters or ()):
        source = _source(flt)
        if _NAME.fullmatch(source) and is_open(flt):
            column = found.setdefault(source, Column(source, source, str(flt.name)))
            column.comparisons.setdefault(str(flt.operation()).lower(), (index, flt))
    ends = [source.rpartition(".")[2] for source in found]
    for column in found.values():
        end = column.source.rpartition(".")[2]
        column.name = end if ends.count(end) == 1 else column.source
    return list(found.values())


def _source(flt: Any) -> str:
    source = getattr(flt, "source", None) or getattr(getattr(flt, "column", None), "key", None)
    return str(source).lower() if source else _of_label(str(flt.name))


def _names(columns: list[Column]) -> dict[str, Column]:
    """All names of the columns: a label's never takes that of another column."""
    names = {column.name: column for column in columns}
    labels = [_of_label(column.label) for column in columns]
    for label, column in zip(labels, columns, strict=True):
        names.setdefault(column.source, column)
        if labels.count(label) == 1 and _NAME.fullmatch(label):
            names.setdefault(label, column)
    return names


def _main_time(view: Any, columns: list[Column]) -> Column | None:
    """The time that `before:` and `after:` are about."""
    times = {column.source: column for column in columns if column.is_time}
    order = [getattr(column, "key", None) for column, *_ in view._get_default_order() or ()]
    return next((times[name] for name in (*order, "updated_at", "created_at", *times) if name in times), None)


def _of_label(label: str) -> str:
    return re.sub(r"\W+", "_", re.sub(r"[’'-]", "", label.lower())).strip("_")


def _word(value: str, label: str) -> str:
    word = label.lower() if value in ("0", "1") else value
    return word if re.fullmatch(r"[^\s,\"]+", word) else quoted(word)


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().casefold()

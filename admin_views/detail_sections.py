"""A record's columns as its details page shows them: short facts, long texts and data, and the record itself."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from html import unescape
from typing import Any
from uuid import UUID

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

LONG = 600
"""Characters of a text that is clipped until somebody asks for all of it."""
LINES = 12
"""Lines of such a text."""
EXCERPT = 280
"""Characters that are shown of it."""
EXCERPT_LINES = 4
"""Lines of them."""

_TAG = re.compile(r"<[^>]*>")
OVERVIEW, BLOCKS, RECORD = "Overview", "Texts and data", "Record"


@dataclass(frozen=True)
class Detail:
    """One column."""

    name: str
    label: str
    value: Any
    """As it is shown: text, or markup."""
    copied: str | None
    """What its copy button puts on the clipboard; None where there is none."""
    excerpt: str | None
    """The beginning, where it is long."""
    section: str


@pass_context
def sections_of(
    context: Context, view: Any, model: Any, columns: Iterable[tuple[str, str]], get_value: Callable[..., Any]
) -> list[tuple[str, list[Detail]]]:
    """A record's columns by section, in the view's order; sections without one are left out.

    Args:
        columns: names and labels.
        get_value: of a template's context, the record and a name, the value as it may be shown.
    """
    details = [detail_of(view, model, name, label, context.call(get_value, model, name)) for name, label in columns]
    by_section = [(title, [one for one in details if one.section == title]) for title in (OVERVIEW, BLOCKS, RECORD)]
    return [(title, ones) for title, ones in by_section if ones]


def detail_of(view: Any, model: Any, name: str, label: str, value: Any) -> Detail:
    """One column of a record."""
    raw = None if _has_formatter(view, name) else view._get_field_value(model, name)
    data = _data(raw)
    shown = value if data is None or hasattr(value, "__html__") else Markup("<pre>{}</pre>").format(data)
    text = _text_of(shown)
    lines = text.count("\n") + 1
    excerpt = _beginning(text) if len(text) > LONG or lines > LINES else None
    return Detail(
        name,
        label,
        shown,
        data or _id(raw, name),
        excerpt,
        _section(name, raw, block=bool(data) or lines > 1 or bool(excerpt)),
    )


def _has_formatter(view: Any, name: str) -> bool:
    """Whether the view shows something else than the value, possibly to hide it."""
    return name in (view.column_formatters_detail or {}) or name in (view.column_formatters or {})


def _data(raw: Any) -> str | None:
    """JSON as people read it; None where the value is something else."""
    is_data = isinstance(raw, dict) or (isinstance(raw, list) and any(isinstance(one, dict | list) for one in raw))
    return json.dumps(raw, ensure_ascii=False, indent=2, default=str) if is_data else None


def _text_of(shown: Any) -> str:
    """What is shown without its markup, in its lines."""
    return unescape(_TAG.sub("", escape(shown))).strip()


def _beginning(text: str) -> str:
    return "\n".join(text[:EXCERPT].splitlines()[:EXCERPT_LINES]).rstrip() + "…"


def _id(raw: Any, name: str) -> str | None:
    last = name.rpartition(".")[2]
    is_id = isinstance(raw, UUID) or (isinstance(raw, int | str) and (last == "id" or last.endswith("_id")))
    return str(raw) if is_id and raw != "" else None


def _section(name: str, raw: Any, *, block: bool) -> str:
    if block:
        return BLOCKS
    is_of_record = name == "id" or (isinstance(raw, datetime | date) and name in ("created_at", "updated_at"))
    return RECORD if is_of_record else OVERVIEW

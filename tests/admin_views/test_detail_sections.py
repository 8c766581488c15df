"""A record's columns, as its details page sorts them."""

from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID

import pytest
from markupsafe import Markup

from admin_views.detail_sections import BLOCKS, OVERVIEW, RECORD, detail_of

ID = UUID("9f2c1f0e-0000-4000-8000-000000000001")


def view_of(raw, **formatters):
    """A view whose record has this value in each column."""
    return SimpleNamespace(
        column_formatters=formatters, column_formatters_detail=None, _get_field_value=lambda model, name: raw
    )


def detail(name, raw, shown=None, **formatters):
    return detail_of(view_of(raw, **formatters), None, name, name.title(), str(raw) if shown is None else shown)


@pytest.mark.parametrize(
    ("name", "raw", "section", "copied"),
    [
        ("title", "Shop", OVERVIEW, None),
        ("id", ID, RECORD, str(ID)),
        ("owner_id", 7, OVERVIEW, "7"),
        ("created_at", datetime(2026, 1, 2, tzinfo=UTC), RECORD, None),
        ("born_at", datetime(2026, 1, 2, tzinfo=UTC), OVERVIEW, None),
        ("tags", ["a", "b"], OVERVIEW, None),
        ("note", {"a": [1]}, BLOCKS, '{\n  "a": [\n    1\n  ]\n}'),
        ("text", "One\nTwo", BLOCKS, None),
        ("owner_id", None, OVERVIEW, None),
    ],
)
def test_a_column_stands_where_its_value_fits_and_ids_and_data_can_be_copied(name, raw, section, copied):
    found = detail(name, raw)

    assert (found.section, found.copied) == (section, copied)


def test_data_is_shown_in_lines_and_its_markup_is_escaped():
    assert detail("note", {"a": "<b>"}).value == Markup("<pre>{\n  &#34;a&#34;: &#34;&lt;b&gt;&#34;\n}</pre>")


def test_what_a_formatter_may_hide_is_not_copied():
    assert detail("note", {"key": "secret"}, "hidden", note=lambda *_: "hidden").copied is None


def test_long_text_begins_with_its_first_lines():
    assert detail("text", "line\n" * 100).excerpt == "line\nline\nline\nline…"
    assert detail("text", "x" * 700).excerpt == "x" * 280 + "…"
    assert detail("text", "x" * 600).excerpt is None
    assert detail("text", "", Markup("<pre>{}</pre>").format("<i>\n" * 20)).excerpt == "<i>\n<i>\n<i>\n<i>…"

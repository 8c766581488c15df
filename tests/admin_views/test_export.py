"""Exports: what they hold, what they leave out, and how much memory they take."""

import tracemalloc

import pytest
from sqlalchemy import func, insert, select

from models import OnboardingSession, Role
from tests.admin_views.conftest import Kind, Shop
from tests.admin_views.pages import csv_rows, listed
from tests.conftest import NOW


def test_an_export_in_an_unknown_format_is_not_found(at_shops):
    assert at_shops(Role.VIEWER).get("/admin/shop/export/xls/").status_code == 404


def test_the_export_refuses_what_the_list_would_complain_of(at_shops, shops):
    browser = at_shops(Role.VIEWER)

    for arguments in ("flt0_kind_equals=castle", "page=-1", "sort=99", "search=a%00b", "colour=red"):
        assert browser.get(f"/admin/shop/export/csv/?{arguments}").status_code == 422


def test_the_export_selects_and_orders_as_the_list_does_whatever_the_page(at_shops, shops):
    for number in range(25):
        shops(name=f"Shop {number:02}", kind=Kind.MARKET if number % 2 else Kind.CORNER_SHOP)
    browser = at_shops(Role.VIEWER)

    link = listed(browser, "?flt0_kind_equals=market&search=shop&sort=0&desc=1&page_size=20").html
    url = link.partition('href="/admin/shop/export/csv/')[2].partition('"')[0].replace("&amp;", "&")
    names = [row["Name"] for row in csv_rows(browser.get(f"/admin/shop/export/csv/{url}"))]

    assert names == [f"Shop {number:02}" for number in range(23, 0, -2)]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_a_cell_that_a_spreadsheet_would_run_is_quoted(at_shops, shops, start):
    shops(name=f'{start}HYPERLINK("https://evil.example.com")')

    [row] = csv_rows(at_shops(Role.VIEWER).get("/admin/shop/export/csv/"))

    assert row["Name"].startswith(f"'{start}HYPERLINK")


def test_an_export_keeps_values_that_programs_can_read_back(at_shops, shops):
    shops(name='Two\nlines, and "quotes"', kind=Kind.CORNER_SHOP, opened_at=NOW, open=True, note={"a": [1, None]})

    [row] = csv_rows(at_shops(Role.VIEWER).get("/admin/plain/export/csv/"))

    assert row["Name"] == 'Two\nlines, and "quotes"'
    assert row["Kind"] == "corner_shop"
    assert row["Opened at"] == "2026-11-25T12:00:00+00:00"
    assert row["Open"] == "true"
    assert row["Note"] == '{"a": [1, null]}'


def exported_peak(browser):
    """Bytes of memory at the highest while an export is read, and its lines."""
    browser.get("/admin/shop/export/csv/?flt0_id_equals=1").text  # noqa: B018 - warms caches up
    tracemalloc.start()
    lines = sum(chunk.count(b"\n") for chunk in browser.get("/admin/shop/export/csv/", buffered=False).response)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak, lines


def test_an_export_needs_no_more_memory_for_ten_times_the_rows(at_shops, shops, db):
    browser = at_shops(Role.VIEWER)
    text = "x" * 500

    def fill(count):
        series = select(func.generate_series(1, count).label("n")).subquery()
        db.execute(insert(Shop).from_select(["name"], select(func.concat(text, series.c.n))))

    fill(3_000)
    few, few_lines = exported_peak(browser)
    fill(27_000)
    many, many_lines = exported_peak(browser)

    assert (few_lines, many_lines) == (3_001, 30_001)
    assert many < 1.5 * few


def test_the_export_stays_in_scope(sign_in, make, db):
    member = make.user(role=Role.MEMBER)
    own = make.session(user=member)
    make.session()

    rows = csv_rows(sign_in(user=member).get("/admin/session/export/csv/"))

    assert [row["Id"] for row in rows] == [str(own.id)]
    assert db.scalar(select(func.count()).select_from(OnboardingSession)) == 2

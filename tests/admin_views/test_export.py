"""Exports: what they hold, what they leave out, and how much memory they take."""

import io
import json
import re
import tracemalloc
from threading import BoundedSemaphore

import psycopg
import pytest
from openpyxl import load_workbook
from sqlalchemy import NullPool, create_engine, func, insert, select, text, update

from admin_views import export
from config import sqlalchemy_url
from models import AuditEvent, Export, ExportChunk, ExportStatus, OnboardingSession, Role
from services.database import DbSession
from services.exports import copying
from tests.admin_views.conftest import Kind, Shop
from tests.admin_views.pages import csv_rows, listed
from tests.conftest import NOW


def test_an_export_in_an_unknown_format_is_not_found(at_shops):
    assert at_shops(Role.VIEWER).get("/admin/shop/export/xls/").status_code == 404


@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx"])
def test_a_file_is_called_as_the_console_wills_in_plain_characters(at_shops, shops, form):
    answer = at_shops(Role.VIEWER).get(f"/admin/shop/export/{form}/")

    assert re.fullmatch(rf"attachment; filename=[A-Za-z0-9_.-]+\.{form}", answer.headers["Content-Disposition"])
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


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


def records_of(db):
    tags = select(AuditEvent).where(AuditEvent.subject_kind == "export").order_by(AuditEvent.at.desc())
    return db.scalars(tags).all()


@pytest.mark.parametrize("view", ["plain", "own"])
def test_postgresql_and_python_write_the_same(at_shops, shops, view):
    values = ['=1+1"', "Two\r\nlines, “quoted” \\ 100%", "", "🦊" * 3, "＝x", "x" * 100_000]
    for place, name in enumerate(values):
        shops(
            name=name,
            kind=Kind.MARKET if place % 2 else None,
            opened_at=NOW.replace(microsecond=120_000) if place else None,
            open=None if place == 2 else bool(place % 2),
            tags=["=a", "b"] if place else None,
            note={"text": "é", "apiKey": "s3cret", "n": [1, None]} if place == 3 else None,
            hook_url=f"https://hooks.example.com/deploy/0123456789abcdef{place}",
            password="s3cret",
        )

    rows = csv_rows(at_shops(Role.VIEWER).get(f"/admin/{view}/export/csv/?zone=Asia/Kolkata"))

    assert [row["Name"] for row in rows] == ["'" + name if name[:1] in ("=", "＝") else name for name in values]
    assert rows[1]["Opened at"] == "2026-11-25T17:30:00.12+05:30"
    assert [row["Open"] for row in rows] == ["false", "true", "", "true", "false", "true"]
    assert (rows[0]["Kind"], rows[1]["Kind"], rows[1]["Tags"]) == ("", "market", "'=a, b")
    assert rows[3]["Note"] == '{"n": [1, null], "text": "é", "apiKey": "•••"}'
    assert rows[4]["Hook url"] == "https://hooks.example.com/…def4"
    assert {row["Password"] for row in rows} == {"•••"}


@pytest.mark.parametrize("view", ["plain", "own"])
def test_lines_of_json_keep_what_is_no_text(at_shops, shops, view):
    shops(
        name="=1",
        opened_at=NOW,
        open=True,
        tags=["a", "b"],
        note={"a": [1.5, None]},
        password="s3cret",
        hook_url="https://hooks.example.com/deploy/0123456789abcdef",
    )

    answer = at_shops(Role.VIEWER).get(
        f"/admin/{view}/export/jsonl/?zone=Europe/Berlin&fields=name,opened_at,open,tags,note,password,kind,hook_url"
    )

    assert answer.content_type == "application/jsonl; charset=utf-8"
    assert [json.loads(line) for line in answer.text.splitlines()] == [
        {
            "name": "=1",
            "kind": None,
            "opened_at": "2026-11-25T13:00:00+01:00",
            "open": True,
            "tags": ["a", "b"],
            "note": {"a": [1.5, None]},
            "hook_url": "https://hooks.example.com/…cdef",
            "password": "•••",
        }
    ]


def test_a_small_workbook_is_made_at_once_and_a_large_one_is_offered_in_the_background(at_shops, shops, monkeypatch):
    shops(name="=1+1")
    shops(name="Second")
    browser = at_shops(Role.VIEWER)

    sheet = load_workbook(io.BytesIO(browser.get("/admin/shop/export/xlsx/?fields=name&fields=kind").data)).active
    assert [row[0].value for row in sheet.iter_rows()] == ["Name", "=1+1", "Second"]
    assert sheet.cell(2, 1).data_type == "s"

    monkeypatch.setattr(export, "WORKBOOK_ROWS", 1)
    answer = browser.get("/admin/shop/export/xlsx/?zone=UTC")
    assert answer.headers["Location"] == "/admin/shop/export/later/?zone=UTC&format=xlsx"


def test_hostile_values_of_filters_are_no_part_of_the_statement(at_shops, shops):
    names = ["o'clock", 'say "x"', "back\\slash", "100%s %(x)s", "$$; DROP TABLE shops", "żółć"]
    for name in names:
        shops(name=name)
    browser = at_shops(Role.VIEWER)

    for name in names:
        found = csv_rows(browser.get("/admin/shop/export/csv/", query_string={"flt0_name_equals": name}))
        assert [row["Name"] for row in found] == [name]


def test_an_export_is_recorded_before_it_begins_with_what_was_asked(at_shops, shops, db):
    shops()
    at_shops(Role.VIEWER).get("/admin/shop/export/csv/?fields=name,kind&zone=Europe/Berlin&search=shop")

    [event] = records_of(db)
    assert event.tag == "export:csv"
    assert event.after == {
        "list": "Shop",
        "address": "/admin/shop/?fields=name,kind&zone=Europe/Berlin&search=shop",
        "fields": ["name", "kind"],
        "zone": "Europe/Berlin",
    }


@pytest.mark.parametrize("arguments", ["fields=nothing", "zone=Mars/Olympus", "zone=a%00b", "fields=a%00b"])
def test_a_column_or_a_zone_that_there_is_not_is_refused(at_shops, shops, arguments):
    for page in ("csv/", "", "later/"):
        answer = at_shops(Role.VIEWER).get(f"/admin/shop/export/{page}?format=csv&{arguments}")
        assert answer.status_code == 422


def test_a_statement_that_the_database_refuses_is_an_error_and_not_half_a_file(at_shops, shops, connection):
    browser = at_shops(Role.VIEWER)
    connection.execute(text("ALTER TABLE shops DROP COLUMN tags"))

    assert browser.get("/admin/plain/export/csv/?fields=tags").status_code == 500


def test_who_stops_reading_ends_the_query(fresh_database_url):
    engine = create_engine(sqlalchemy_url(fresh_database_url), poolclass=NullPool)
    with DbSession(engine) as db, DbSession(engine) as other:
        driver = db.connection().connection.dbapi_connection
        blocks = copying.rows_of(driver, "COPY (SELECT repeat('x', 1000), generate_series(1, 100000000)) TO STDOUT")
        next(blocks)
        running = text("SELECT state FROM pg_stat_activity WHERE pid = :pid")
        assert other.scalar(running, {"pid": driver.info.backend_pid}) == "active"
        other.rollback()

        blocks.close()

        assert other.scalar(running, {"pid": driver.info.backend_pid}) == "idle in transaction (aborted)"
    engine.dispose()


def test_an_error_on_the_way_breaks_the_file_off(connection):
    driver = connection.connection.dbapi_connection
    blocks = copying.rows_of(
        driver, "COPY (SELECT repeat('x', 1000), 1 / (2000 - n) FROM generate_series(1, 3000) AS n) TO STDOUT"
    )

    with pytest.raises(psycopg.errors.DivisionByZero):
        list(blocks)


def test_no_more_exports_run_at_a_time_than_leave_room_for_pages(at_shops, shops, monkeypatch):
    monkeypatch.setattr(export, "_places", BoundedSemaphore(1))
    browser = at_shops(Role.VIEWER)

    with export._place():
        assert browser.get("/admin/shop/export/csv/").status_code == 409
    assert browser.get("/admin/shop/export/csv/").status_code == 200
    assert browser.get("/admin/shop/export/csv/").status_code == 200


def test_the_page_of_an_export_says_how_many_rows_and_keeps_the_filters(at_shops, shops):
    shops(kind=Kind.MARKET)
    shops(kind=Kind.MARKET)
    shops()
    browser = at_shops(Role.VIEWER)

    page = browser.get("/admin/shop/export/?flt0_kind_equals=market&fields=name").text

    assert "<h2>2 rows</h2>" in page
    assert 'name="flt0_kind_equals" value="market"' in page
    assert len(re.findall(r'name="fields" value="\w+" checked', page)) == 1
    answer = browser.get("/admin/shop/export/file/?flt0_kind_equals=market&fields=name&fields=kind&format=csv&zone=UTC")
    assert len(csv_rows(browser.get(answer.headers["Location"]))) == 2


def test_an_export_in_the_background_is_its_askers_alone(at_shops, shops, db):
    shops()
    browser, other = at_shops(Role.VIEWER), at_shops(Role.ADMIN)

    assert "Prepare" in browser.get("/admin/shop/export/later/?format=xlsx&fields=name").text
    assert browser.post("/admin/shop/export/later/?format=xlsx&fields=name").status_code == 303
    asked = db.scalars(select(Export)).one()

    assert (asked.title, asked.format, asked.fields, asked.estimate) == ("Shop", "xlsx", ["name"], 1)
    assert "Shop" in browser.get("/console/exports/").text
    assert "No exports yet" in other.get("/console/exports/").text
    assert browser.get(f"/console/exports/{asked.id}/file").status_code == 409
    for path in ("cancel", "delete"):
        assert other.post(f"/console/exports/{asked.id}/{path}").status_code == 404
    assert other.get(f"/console/exports/{asked.id}/file").status_code == 404
    assert browser.post(f"/console/exports/{asked.id}/cancel").status_code == 303
    db.execute(update(Export).values(status=ExportStatus.READY, size=3))
    db.add(ExportChunk(export_id=asked.id, number=0, data=b"abc"))
    db.flush()
    assert browser.get(f"/console/exports/{asked.id}/file").data == b"abc"
    assert browser.post(f"/console/exports/{asked.id}/delete").status_code == 303
    assert {event.tag for event in records_of(db)} == {"export:delete", "export:cancel", "export:xlsx"}


def test_a_list_that_may_not_be_exported_has_no_page_for_it(at_shops, shops):
    browser = at_shops(Role.VIEWER)

    for page in ("", "file/?format=csv", "later/?format=csv", "csv/"):
        assert browser.get(f"/admin/shelf/export/{page}").status_code == 403
    assert browser.post("/admin/shelf/export/later/?format=csv").status_code == 403


def test_a_list_that_formats_its_cells_itself_is_written_by_python_and_not_in_the_background(at_shops, shops):
    shops(name="Corner")
    browser = at_shops(Role.VIEWER)

    [row] = csv_rows(browser.get("/admin/loud/export/csv/?fields=name"))

    assert row == {"Name": "CORNER"}
    assert browser.post("/admin/loud/export/later/?format=csv").status_code == 422

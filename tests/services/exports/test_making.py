"""Files that the worker makes: whole or not at all, for their owner alone, and for a while."""

import json
from datetime import timedelta
from io import BytesIO
from threading import Thread

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select, update

from models import Export, ExportChunk, ExportStatus, Role, User
from services import upkeep
from services.errors import ConflictError, InvalidInputError, NotFoundError
from services.exports import jobs, making, specs, xlsx
from services.exports.columns import Column, Kind
from services.exports.formats import Format
from services.exports.specs import Spec
from services.exports.statement import statement_for
from tests.conftest import NOW, actor_of
from tests.records import Records

KEY = "a secret that only the tests know about"
COLUMNS = (Column("n", "Number", Kind.NUMBER), Column("text", "Text", Kind.TEXT))
ROWS = "SELECT n AS c0, '=' || repeat('x', 1000) AS c1 FROM generate_series(1, 2500) AS n ORDER BY n"


@pytest.fixture
def person(fresh_db):
    user = Records(fresh_db, NOW).user(role=Role.VIEWER)
    fresh_db.commit()
    return actor_of(user)


@pytest.fixture
def ask(fresh_db, person):
    """Asks for a file, and commits."""

    def ask(file_format=Format.CSV, rows=ROWS, key=KEY):
        spec = Spec(statement_for(rows, COLUMNS, file_format, "UTC"), file_format, "UTC", True)
        export = Export(
            owner_id=person.id,
            title="Sessions",
            address="/admin/session/",
            format=file_format.value,
            zone="UTC",
            fields=["n"],
            spec=specs.signed(spec, secret_key=key),
        )
        export_id = jobs.ask(fresh_db, export, actor=person).id
        fresh_db.commit()
        return export_id

    return ask


@pytest.fixture
def make(fresh_db):
    """Has a worker make what waits longest."""

    def make(now=NOW, **options):
        run = making.claim(fresh_db, now=now)
        fresh_db.commit()
        if run:
            making.make(fresh_db.get_bind(), run, secret_key=KEY, **options)
        fresh_db.expire_all()
        return run

    return make


def content(db, export_id):
    return b"".join(jobs.chunks(db, export_id))


def test_a_file_is_made_in_parts_and_has_all_its_rows(fresh_db, ask, make, person):
    export_id = ask()

    make()

    export = jobs.get(fresh_db, export_id, actor=person)
    made = content(fresh_db, export_id)
    sizes = fresh_db.scalars(select(func.length(ExportChunk.data)).order_by(ExportChunk.number)).all()
    assert (export.status, export.rows, export.size) == (ExportStatus.READY, 2_500, len(made))
    assert made.splitlines()[:2] == [b"Number,Text", b"1,'=" + b"x" * 1000]
    assert len(made.splitlines()) == 2_501
    assert len(sizes) == 3
    assert max(sizes) == making.PART


def test_a_file_has_what_its_owner_may_see_whatever_its_statement_asks_for(fresh_db, ask, make, person):
    records = Records(fresh_db, NOW)
    owner = fresh_db.get(User, person.id)
    owner.role = Role.MEMBER
    records.session(user=owner, purpose="Mine")
    records.session(purpose="Somebody else's")
    export_id = ask(rows="SELECT 1 AS c0, purpose AS c1 FROM onboarding_sessions")

    make()

    assert content(fresh_db, export_id).splitlines() == [b"Number,Text", b"1,Mine"]


def test_a_file_of_somebody_who_may_not_sign_in_any_more_is_not_made(fresh_db, ask, make, person):
    export_id = ask()
    fresh_db.get(User, person.id).active = False
    fresh_db.commit()

    make()

    export = jobs.get(fresh_db, export_id, actor=person)
    assert (export.status, export.reason) == (ExportStatus.FAILED, "Who asked for it may not sign in any more.")


def test_a_workbook_reads_back_with_texts_that_are_no_formulas(fresh_db, ask, make):
    export_id = ask(Format.XLSX)

    make()

    sheet = load_workbook(BytesIO(content(fresh_db, export_id)), read_only=True).active
    rows = list(sheet.iter_rows())
    assert len(rows) == 2_501
    assert [cell.value for cell in rows[0]] == ["Number", "Text"]
    assert [cell.data_type for cell in rows[1]] == ["n", "s"]
    assert rows[1][1].value == "=" + "x" * 1000


def test_rows_that_a_sheet_can_not_hold_go_on_in_the_next():
    file = BytesIO()
    values = [[number, 2**60, 0.5, True, None, {"a": [1]}, "y" * 40_000] for number in range(5)]

    assert xlsx.write(file, ["n"], values, sheet_rows=4) == 5

    first, second = load_workbook(file).worksheets
    assert (first.max_row, second.max_row) == (4, 3)
    assert [cell.value for cell in second[3]][:6] == [4, str(2**60), 0.5, True, None, '{"a": [1]}']
    assert len(second.cell(3, 7).value) == xlsx.CELL_LIMIT


def test_a_file_whose_worker_died_is_begun_anew_and_at_last_given_up(fresh_db, ask, make, person):
    export_id = ask()
    for number in range(making.RUNS):
        run = making.claim(fresh_db, now=NOW + number * timedelta(minutes=5))
        assert run is not None
        fresh_db.add(ExportChunk(export_id=export_id, number=0, data=b"half a file"))
        fresh_db.commit()
        assert making.claim(fresh_db, now=NOW + number * timedelta(minutes=5, seconds=10)) is None
        fresh_db.commit()

    make(now=NOW + timedelta(hours=1))

    export = jobs.get(fresh_db, export_id, actor=person)
    assert export.status is ExportStatus.FAILED
    assert content(fresh_db, export_id) == b""


def test_who_lost_a_file_to_another_worker_or_is_to_stop_writes_no_more_of_it(fresh_db, ask, make, person):
    export_id = ask()
    make(is_stopping=lambda: True)
    assert jobs.get(fresh_db, export_id, actor=person).status is ExportStatus.QUEUED

    slow = making.claim(fresh_db, now=NOW)
    fresh_db.commit()
    make(now=NOW + timedelta(minutes=5))
    whole = content(fresh_db, export_id)
    making.make(fresh_db.get_bind(), slow, secret_key=KEY)

    fresh_db.expire_all()
    assert jobs.get(fresh_db, export_id, actor=person).status is ExportStatus.READY
    assert content(fresh_db, export_id) == whole


@pytest.mark.parametrize("file_format", Format)
def test_a_worker_is_heard_of_before_the_first_row_comes_and_stops_once_nobody_wants_it(
    fresh_db, ask, person, file_format
):
    export_id = ask(file_format, rows="SELECT 1 AS c0, pg_sleep(30)::text AS c1")
    run = making.claim(fresh_db, now=NOW)
    fresh_db.commit()
    worker = Thread(
        target=making.make, args=(fresh_db.get_bind(), run), kwargs={"secret_key": KEY, "beat_s": 0.05}, daemon=True
    )
    worker.start()

    while fresh_db.scalar(select(Export.seen_at).where(Export.id == export_id)) == NOW:
        fresh_db.rollback()
    jobs.cancel(fresh_db, export_id, actor=person, now=NOW)
    fresh_db.commit()
    worker.join(20)

    assert not worker.is_alive()
    fresh_db.expire_all()
    assert jobs.get(fresh_db, export_id, actor=person).status is ExportStatus.CANCELLED


def test_no_statement_is_run_that_the_console_did_not_sign(fresh_db, ask, make, person):
    export_id = ask(key="a key of somebody else, that signs as well")

    make()

    export = jobs.get(fresh_db, export_id, actor=person)
    assert export.status is ExportStatus.FAILED
    assert "not signed" in export.reason
    with pytest.raises(InvalidInputError):
        specs.read("nonsense", secret_key=KEY)


@pytest.mark.parametrize("rows", ["SELECT 1 / 0 AS c0, '' AS c1", "DELETE FROM users RETURNING 1 AS c0, '' AS c1"])
def test_a_statement_that_fails_leaves_no_file_and_says_so(fresh_db, ask, make, person, rows):
    export_id = ask(rows=rows)

    make()

    export = jobs.get(fresh_db, export_id, actor=person)
    assert (export.status, export.size) == (ExportStatus.FAILED, 0)
    assert export.reason


def test_others_neither_see_nor_cancel_nor_delete_it(fresh_db, ask):
    export_id = ask()
    admin = actor_of(Records(fresh_db, NOW).user(role=Role.ADMIN))

    assert jobs.recent(fresh_db, actor=admin) == []
    for act in (jobs.get, jobs.remove):
        with pytest.raises(NotFoundError):
            act(fresh_db, export_id, actor=admin)
    with pytest.raises(NotFoundError):
        jobs.cancel(fresh_db, export_id, actor=admin, now=NOW)


def test_one_person_has_a_few_under_way_and_can_cancel_them(fresh_db, ask, make, person):
    ids = [ask() for _ in range(jobs.AT_ONCE)]
    with pytest.raises(ConflictError):
        ask()
    fresh_db.rollback()

    jobs.cancel(fresh_db, ids[0], actor=person, now=NOW)
    with pytest.raises(ConflictError):
        jobs.cancel(fresh_db, ids[0], actor=person, now=NOW)

    assert make().id == ids[1]


def test_files_are_deleted_after_seven_days(fresh_db, ask, make):
    export_id = ask()
    make()
    fresh_db.execute(update(Export).values(expires_at=NOW + jobs.KEPT))

    upkeep.run(fresh_db, now=NOW + jobs.KEPT - timedelta(seconds=1))
    assert fresh_db.get(Export, export_id) is not None
    upkeep.run(fresh_db, now=NOW + jobs.KEPT)
    fresh_db.expire_all()

    assert fresh_db.get(Export, export_id) is None
    assert fresh_db.scalar(select(func.count()).select_from(ExportChunk)) == 0


def test_lines_of_json_keep_their_types(fresh_db, ask, make):
    export_id = ask(Format.JSONL, rows="SELECT 7 AS c0, E'=a\\n' AS c1")

    make()

    assert json.loads(content(fresh_db, export_id)) == {"n": 7, "text": "=a\n"}

"""Finishing when something breaks, and when it is asked for twice at once."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select, text

from app import create_app
from extensions import database
from models import AuditEvent, Deploy, Project, SessionStatus
from tests.admin_views.wizard.conftest import COLUMNS, count, stored, url, words
from tests.client import Browser
from tests.conftest import settings_for
from tests.records import HOOK, Records

REFUSE = """
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no room'; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse();
"""


@pytest.mark.parametrize("table", ["projects", "project_configs", "deploys"])
def test_a_session_whose_project_can_not_be_made_is_failed_and_says_so(db, member, complete, table, caplog):
    db.execute(text(REFUSE.format(table=table)))

    answer = member.post(url(complete, "finish"))

    assert answer.status_code == 500
    assert "The project could not be made" in words(answer)
    assert "Your answers are safe" in words(answer)
    assert stored(db, complete).status is SessionStatus.FAILED
    assert (count(db, Project), count(db, Deploy)) == (0, 0)
    event = db.scalars(select(AuditEvent).where(AuditEvent.tag == "session:fail")).one()
    assert event.after["reason"].startswith("Its project could not be made (RaiseException)")
    assert "no room" in caplog.text
    assert "no room" not in answer.get_data(as_text=True)
    assert "default-secret" not in caplog.text


def test_a_failed_session_shows_the_same_page_later_and_can_not_be_finished(db, member, complete):
    db.execute(text(REFUSE.format(table="projects")))
    member.post(url(complete, "finish"))

    assert "The project could not be made" in words(member.get(url(complete, "done")))
    assert member.post(url(complete, "finish")).status_code == 409


def test_the_answers_of_a_failed_session_make_a_project_in_the_end(db, member, complete):
    db.execute(text(REFUSE.format(table="projects")))
    member.post(url(complete, "finish"))
    db.execute(text("DROP TRIGGER refuse ON projects"))

    again = member.post(url(complete, "again"))
    twice = member.post(url(complete, "again"))

    assert again.headers["Location"] == twice.headers["Location"]
    assert again.headers["Location"].endswith("/summary")
    assert member.post(again.headers["Location"].replace("summary", "finish")).status_code == 303
    assert db.scalars(select(Project)).one().title == "A shop for teapots"


def test_a_database_that_is_busy_leaves_the_draft_a_draft(db, member, complete):
    db.execute(text(REFUSE.replace("'no room'", "'busy' USING ERRCODE = 'deadlock_detected'").format(table="projects")))

    answer = member.post(url(complete, "finish"))

    assert answer.status_code == 503
    assert "try again" in words(answer)
    assert stored(db, complete).status is SessionStatus.DRAFT
    assert count(db, AuditEvent) == 0


def test_a_double_click_on_finish_makes_one_project(fresh_database_url, fresh_db):
    member = Records(fresh_db, fresh_db.scalar(select(func.now()))).user()
    session = Records(fresh_db, member.created_at).session(
        user=member, survey={"template": "builtin:web-launch"}, **COLUMNS
    )
    fresh_db.commit()
    path = url(session, "finish")
    app = create_app(settings_for(fresh_database_url, default_hook_url=HOOK))
    browsers, both, answers = [Browser(app, member) for _ in range(2)], Barrier(2), []

    def click(browser):
        both.wait()
        answers.append(browser.post(path).status_code)

    clicks = [Thread(target=click, args=(browser,)) for browser in browsers]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    with app.app_context():
        database.engine.dispose()

    assert sorted(answers) == [303, 409]
    assert (count(fresh_db, Project), count(fresh_db, Deploy)) == (1, 1)

"""A draft becomes a project once, whatever was done to it meanwhile."""

from sqlalchemy import select, text

from models import Deploy, Project
from tests.admin_views.wizard.conftest import ANSWERS, COLUMNS, count, stored, url, words
from tests.conftest import NOW
from tests.records import HOOK, NOBODY
from tests.vaults import mark_gone


def test_the_summary_says_what_will_happen_without_telling_the_hook(member, complete):
    page = member.get(url(complete, "summary"))

    assert "The project A shop for teapots is made: web, Next.js, Tailwind." in words(page)
    assert "https://hooks.example.com/…cret is called." in words(page)
    assert "default-secret" not in page.get_data(as_text=True)


def test_a_hook_that_can_not_be_called_is_told_before_and_after(db, member, complete):
    complete.vercel_hook_url = "ftp://hooks.example.com/secret"
    db.flush()
    trouble = "The deploy hook that is set can’t be called. A hook URL begins with https:// or http://"

    assert trouble in words(member.get(url(complete, "summary")))
    assert trouble in words(member.post(url(complete, "finish"), follow_redirects=True))
    assert (count(db, Project), count(db, Deploy)) == (1, 0)


def test_a_hook_that_is_gone_costs_the_deploy_and_not_the_project(db, member, complete):
    complete.vercel_hook_url = HOOK
    db.flush()
    mark_gone(db, HOOK, deploy_id=NOBODY, now=NOW)
    trouble = "This hook answered 410 Gone on 25 Nov 2026; it has to be replaced before it is called again."

    assert trouble in words(member.get(url(complete, "summary")))
    assert trouble in words(member.post(url(complete, "finish"), follow_redirects=True))
    assert (count(db, Project), count(db, Deploy)) == (1, 0)


def test_finishing_too_early_asks_for_what_is_missing(db, make, member):
    session = make.session(user=member.user, **COLUMNS | {"hosting_target": None})

    answer = member.post(url(session, "finish"))

    assert answer.status_code == 422
    assert "Where will it run?" in words(answer)
    assert "This answer is still missing." in words(answer)
    assert f'action="{url(session, "hosting")}"' in answer.get_data(as_text=True)
    assert count(db, Project) == 0


def test_finishing_twice_shows_the_project_that_there_is(db, member, complete):
    member.post(url(complete, "finish"))

    second = member.post(url(complete, "finish"))

    project = db.scalars(select(Project)).one()
    assert second.status_code == 409
    assert "Nothing was made twice." in words(second)
    assert f'href="/console/projects/{project.id}"' in second.get_data(as_text=True)
    assert (count(db, Project), count(db, Deploy)) == (1, 1)


def test_two_tabs_on_two_steps_keep_both_answers(db, member, draft):
    member.post(url(draft, "purpose"), ANSWERS["purpose"])
    assert member.post(url(draft, "model"), ANSWERS["model"]).status_code == 303
    assert member.post(url(draft, "audience"), ANSWERS["audience"]).status_code == 303

    session = stored(db, draft)
    assert (session.purpose, session.model_preference) == ("A shop for teapots", "gpt-5")
    assert session.survey == ANSWERS["purpose"] | ANSWERS["audience"] | ANSWERS["model"]


def test_a_tab_left_open_after_the_session_was_finished_changes_nothing(db, member, complete):
    member.post(url(complete, "finish"))

    late = member.post(url(complete, "purpose"), {"purpose": "Another"})
    back = member.post(url(complete, "purpose"), {"purpose": "", "go": "back"})

    assert (late.status_code, back.status_code) == (409, 409)
    assert "its answers can't be changed" in words(late)
    assert stored(db, complete).purpose == "A shop for teapots"
    assert member.get(url(complete, "purpose")).headers["Location"] == url(complete, "done")


def test_the_last_page_of_a_draft_is_the_step_at_which_it_goes_on(member, draft):
    assert member.get(url(draft, "done")).headers["Location"] == url(draft, "purpose")


def test_a_session_that_is_gone_is_not_found(db, member, complete):
    db.delete(complete)
    db.flush()

    assert member.get(url(complete, "purpose")).status_code == 404
    assert member.post(url(complete, "purpose"), ANSWERS["purpose"]).status_code == 404
    assert member.post(url(complete, "finish")).status_code == 404


def test_a_survey_of_another_programs_shape_breaks_no_page(db, member, complete):
    db.execute(text("UPDATE onboarding_sessions SET metadata = '[1]'"))
    db.expire_all()

    assert member.get(url(complete, "summary")).headers["Location"] == url(complete, "template")
    assert member.get(url(complete, "template")).status_code == 200
    assert member.post(url(complete, "template"), ANSWERS["template"]).status_code == 303
    assert member.post(url(complete, "finish")).status_code == 303


def test_answers_that_the_wizard_does_not_know_are_shown_as_they_are(db, member, complete):
    complete.model_preference, complete.hosting_target = "their-model", "their-host"
    db.flush()

    page = words(member.get(url(complete, "summary")))

    assert "their-model" in page
    assert "their-host" in page
    assert member.get(url(complete, "model")).status_code == 200

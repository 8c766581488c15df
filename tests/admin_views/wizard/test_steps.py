"""The wizard as a person walks through it: step by step, back, away and again."""

import re

import pytest
from sqlalchemy import select

from models import AuditEvent, Deploy, OnboardingSession, Project, Role, SessionStatus
from tests.admin_views.wizard.conftest import ANSWERS, COLUMNS, STEPS, count, element, stored, url, words

# The way through


def test_a_person_walks_from_the_start_page_to_a_project_and_its_deploy(db, member):
    assert "about two minutes" in words(member.get("/wizard/"))
    page = member.post("/wizard/start").headers["Location"]

    for step, answers in ANSWERS.items():
        assert page.endswith(f"/{step}")
        assert member.get(page).status_code == 200
        kept = member.post(page, answers)
        assert kept.status_code == 303
        page = kept.headers["Location"]
    assert page.endswith("/summary")
    summary = words(member.get(page))
    done = member.post(page.replace("summary", "finish"))

    for said in ("A shop for teapots", "tea drinkers", "GPT-5", "Netlify", "OpenAI, •••• cdef", "Product website"):
        assert said in summary
    assert done.status_code == 303
    session, project, deploy = (db.scalars(select(model)).one() for model in (OnboardingSession, Project, Deploy))
    assert (session.status, session.user_id) == (SessionStatus.COMPLETED, member.user.id)
    assert (project.owner_id, project.onboarding_session_id) == (member.user.id, session.id)
    assert deploy.session_id == session.id
    end = member.get(done.headers["Location"])
    assert f'href="/console/projects/{project.id}"' in end.get_data(as_text=True)
    assert f'href="/console/sessions/{session.id}"' in end.get_data(as_text=True)
    assert "Queued" in words(end)
    assert "default-secret" not in end.get_data(as_text=True)


def test_each_write_of_the_way_is_in_the_audit_trail(db, member):
    page = member.post("/wizard/start").headers["Location"]
    for answers in ANSWERS.values():
        page = member.post(page, answers).headers["Location"]
    member.post(page.replace("summary", "finish"))

    events = db.execute(select(AuditEvent.tag, AuditEvent.actor_id, AuditEvent.origin)).all()
    tags = [event.tag for event in events]
    assert sorted(tags) == ["deploy:request", *["session:answer"] * 6, "session:finalize", "session:start"]
    assert {(event.actor_id, event.origin) for event in events} == {(member.user.id, "127.0.0.1")}


def test_the_wizard_is_in_the_navigation_of_those_who_may_run_it(sign_in):
    assert 'href="/wizard/"' in sign_in(Role.MEMBER).get("/wizard/").get_data(as_text=True)
    assert 'href="/wizard/"' not in sign_in(Role.VIEWER).get("/console/").get_data(as_text=True)


def test_the_wizard_goes_on_at_the_first_step_that_is_missing(make, member):
    session = make.session(user=member.user, **COLUMNS | {"model_preference": None})

    assert member.get("/wizard/").headers["Location"] == url(session, "model")
    resumed = member.post("/wizard/start")
    assert (resumed.status_code, resumed.headers["Location"]) == (303, url(session, "model"))


def test_a_draft_in_which_all_is_answered_goes_on_at_the_summary(member, complete):
    assert member.get("/wizard/").headers["Location"] == url(complete, "summary")


def test_leaving_and_coming_back_finds_the_answers_in_the_form(member, complete):
    assert 'value="A shop for teapots"' in element(member.get(url(complete, "purpose")), 'id="purpose"')
    assert "checked" in element(member.get(url(complete, "model")), 'value="gpt-5"')
    assert "checked" in element(member.get(url(complete, "template")), 'value="builtin:web-launch"')


def test_who_resumes_is_told_so(member, draft):
    member.post(url(draft, "purpose"), ANSWERS["purpose"])

    assert "this is where you left it" in words(member.post("/wizard/start", follow_redirects=True))


def test_another_draft_is_begun_only_where_that_is_asked_for(db, member, complete):
    another = member.post("/wizard/start", {"anew": "1"})

    assert str(complete.id) not in another.headers["Location"]
    assert count(db, OnboardingSession) == 2
    assert "1 other draft" in words(member.get(another.headers["Location"]))


def test_a_step_can_not_be_asked_before_those_that_it_builds_on(member, draft):
    for step in STEPS[1:]:
        assert member.get(url(draft, step)).headers["Location"] == url(draft, "purpose")


def test_the_list_of_steps_says_where_one_is_and_links_what_is_open(member, draft):
    member.post(url(draft, "purpose"), ANSWERS["purpose"])

    page = member.get(url(draft, "audience")).get_data(as_text=True)

    assert f'<a href="{url(draft, "audience")}" aria-current="step">' in page
    assert f'<a href="{url(draft, "purpose")}">' in page
    assert f'<a href="{url(draft, "model")}"' not in page
    assert "Step 2 of 7" in page


def test_a_change_from_the_summary_leads_back_to_the_summary(db, member, complete):
    answer = member.post(url(complete, "audience"), {"target_audience": "coffee drinkers"})

    assert answer.headers["Location"] == url(complete, "summary")
    assert stored(db, complete).target_audience == "coffee drinkers"


# Back


def test_going_back_keeps_what_was_typed(db, member, draft):
    member.post(url(draft, "purpose"), ANSWERS["purpose"])

    back = member.post(url(draft, "audience"), ANSWERS["audience"] | {"go": "back"})

    assert (back.status_code, back.headers["Location"]) == (303, url(draft, "purpose"))
    assert stored(db, draft).target_audience == "tea drinkers"


def test_going_back_from_an_empty_step_loses_nothing_and_says_nothing(db, member, complete):
    back = member.post(url(complete, "audience"), {"target_audience": "", "go": "back"}, follow_redirects=True)

    assert stored(db, complete).target_audience == "tea drinkers"
    assert "was not kept" not in words(back)


def test_going_back_with_an_answer_that_can_not_be_kept_says_so_and_keeps_the_older_one(db, member, complete):
    back = member.post(url(complete, "audience"), {"target_audience": "x" * 201, "go": "back"}, follow_redirects=True)

    assert stored(db, complete).target_audience == "tea drinkers"
    assert "was not kept. This has 201 characters; at most 200 fit." in words(back)


@pytest.mark.parametrize("step", STEPS[1:-1])
def test_every_step_but_the_first_has_a_way_back_and_enter_goes_on(member, complete, step):
    page = member.get(url(complete, step)).get_data(as_text=True)

    buttons = re.findall(r'<button type="submit"[^>]*name="go" value="(\w+)"', page)
    assert buttons == ["on", "back"]

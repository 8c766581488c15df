"""The wizard as a person walks through it: step by step, back, away and again, and when something breaks."""

import logging
import re
from html import unescape
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select, text

from app import create_app
from extensions import database
from models import AuditEvent, Deploy, OnboardingSession, Project, Role, SessionStatus
from services.builtin_templates import BUILTIN_TEMPLATES
from tests.client import Browser
from tests.conftest import NOW, settings_for
from tests.contents import everything
from tests.records import HOOK, NOBODY, Records
from tests.vaults import mark_gone

KEY = "sk-proj-mostsecret-0123456789abcdef"
ANSWERS = {
    "purpose": {"purpose": "A shop for teapots"},
    "audience": {"target_audience": "tea drinkers"},
    "model": {"model_preference": "gpt-5"},
    "hosting": {"hosting_target": "netlify"},
    "key": {"api_provider": "openai", "api_key": KEY},
    "template": {"template": "builtin:web-launch"},
}
STEPS = [*ANSWERS, "summary"]
COLUMNS = {
    "purpose": "A shop for teapots",
    "target_audience": "tea drinkers",
    "model_preference": "gpt-5",
    "hosting_target": "netlify",
    "api_provider": "openai",
    "api_key_last_four": "cdef",
}


@pytest.fixture
def member(sign_in):
    return sign_in(Role.MEMBER)


@pytest.fixture
def draft(make, member):
    """A draft of the member's in which nothing is answered."""
    return make.session(user=member.user, purpose=None, target_audience=None)


@pytest.fixture
def complete(make, member):
    """A draft of the member's in which everything is answered."""
    return make.session(user=member.user, survey={"template": "builtin:web-launch"}, **COLUMNS)


def url(session, step):
    return f"/wizard/{session.id}/{step}"


def words(answer):
    """What a page says, tags and scripts aside."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.get_data(as_text=True), flags=re.S)
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body)))


def element(answer, pattern):
    """The first tag of the page that matches."""
    found = re.search(rf"<[a-z]+\b[^>]*{pattern}[^>]*>", answer.get_data(as_text=True))
    assert found, f"no tag matches {pattern}"
    return found[0]


def count(db, model):
    return db.scalar(select(func.count()).select_from(model))


def stored(db, session):
    db.expire_all()
    return db.get(OnboardingSession, session.id)


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


# Errors stand by their field


@pytest.mark.parametrize(
    ("step", "answers", "message"),
    [
        ("purpose", {}, "This is needed."),
        ("purpose", {"purpose": "  "}, "This is needed."),
        ("purpose", {"purpose": "x" * 201}, "This has 201 characters; at most 200 fit."),
        ("purpose", {"purpose": "x" * 900_000}, "This has 900,000 characters; at most 200 fit."),
        ("purpose", {"purpose": "a\x00b"}, "This holds a character that can't be stored."),
        ("audience", {"target_audience": "\x00"}, "This holds a character that can't be stored."),
        ("model", {}, "Choose one of the options."),
        ("model", {"model_preference": "gpt-2"}, "Choose one of the options."),
        ("model", {"model_preference": "gpt-5\x00"}, "Choose one of the options."),
        ("hosting", {"hosting_target": "x" * 900_000}, "Choose one of the options."),
        ("key", {"api_provider": "acme", "api_key": KEY}, "Choose one of the options."),
        ("key", {"api_provider": "google"}, "Enter your Google key, or choose that you have none."),
        ("key", {"api_provider": "openai", "api_key": "sk-12"}, "This is too short to be an API key."),
        ("key", {"api_provider": "openai", "api_key": "x" * 501}, "This has 501 characters; at most 500 fit."),
        ("key", {"api_provider": "openai", "api_key": "sk-0123456789\x00"}, "can't be stored"),
        ("template", {}, "Choose one of the templates."),
        ("template", {"template": "builtin:gone"}, "Choose one of the templates."),
        ("template", {"template": "\x00"}, "Choose one of the templates."),
        ("template", {"template": str(NOBODY)}, "Choose one of the templates."),
    ],
)
def test_what_can_not_be_used_is_told_by_its_field_and_loses_nothing(db, member, complete, step, answers, message):
    before = everything(db)

    answer = member.post(url(complete, step), answers)

    assert answer.status_code == 422
    assert message in words(answer)
    assert 'aria-invalid="true"' in answer.get_data(as_text=True)
    assert "autofocus" in answer.get_data(as_text=True)
    assert "<title>Error: " in answer.get_data(as_text=True)
    assert everything(db) == before


def test_an_error_is_named_by_its_input_and_the_first_such_input_has_the_focus(member, complete):
    answer = member.post(url(complete, "key"), {"api_provider": "openai", "api_key": "short"})

    field = element(answer, 'id="api_key"')
    assert 'aria-describedby="api_key-error api_key-help"' in field
    assert "autofocus" in field
    assert answer.get_data(as_text=True).count(" autofocus") == 1


def test_both_errors_of_a_step_are_told_at_once(member, complete):
    said = words(member.post(url(complete, "key"), {"api_provider": "acme", "api_key": "short"}))

    assert "Choose one of the options." in said
    assert "This is too short to be an API key." in said


def test_what_was_typed_too_long_can_be_shortened_where_it_was_typed(member, draft):
    typed = '"quoted" <b>& ' + "x" * 200

    answer = member.post(url(draft, "purpose"), {"purpose": typed})

    assert typed in unescape(element(answer, 'id="purpose"'))
    assert "<b>" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("page", ["purpose", "summary", "done"])
def test_an_answer_with_markup_is_shown_as_text(make, member, page):
    session = make.session(user=member.user, survey={"template": "builtin:blank"}, **COLUMNS)
    session.purpose = "<script>alert(1)</script>"
    if page == "done":
        session.status = SessionStatus.COMPLETED
        make.project(owner=member.user, onboarding_session_id=session.id, title=session.purpose)

    assert "<script>alert" not in member.get(url(session, page)).get_data(as_text=True)


def test_more_than_a_request_may_carry_is_refused_and_loses_nothing(db, member, complete):
    answer = member.post(url(complete, "purpose"), {"purpose": "x" * 2_000_000})

    assert answer.status_code == 413
    assert stored(db, complete).purpose == "A shop for teapots"


def test_a_body_of_another_type_answers_nothing(db, member, complete):
    answer = member.send("POST", url(complete, "purpose"), json={"purpose": "Another"})

    assert answer.status_code == 422
    assert stored(db, complete).purpose == "A shop for teapots"


@pytest.mark.parametrize("step", ["summary", "nonsense", "purpose%00", "PURPOSE", "..%2Fstart", "x" * 5_000])
def test_a_step_that_can_not_be_answered_is_a_4xx(member, complete, step):
    assert member.post(url(complete, step), {"purpose": "x"}).status_code in (404, 405)


@pytest.mark.parametrize("path", ["/wizard/nonsense/purpose", "/wizard/123/summary", "/wizard/%00/purpose"])
def test_a_malformed_id_is_not_found(member, path):
    assert member.get(path).status_code == 404


def test_a_step_that_does_not_exist_is_not_found(member, complete):
    assert member.get(url(complete, "payment")).status_code == 404


def test_a_form_without_its_token_is_refused(db, member, complete):
    for path in ("/wizard/start", url(complete, "purpose"), url(complete, "finish"), url(complete, "again")):
        assert member.client.post(path, data={"purpose": "x"}).status_code == 400

    assert count(db, Project) == 0


# The API key


def test_an_api_key_is_in_no_page_no_table_and_no_log(db, member, draft, caplog):
    caplog.set_level(logging.DEBUG)
    for step in ("purpose", "audience", "model", "hosting"):
        member.post(url(draft, step), ANSWERS[step])

    pages = [
        member.post(url(draft, "key"), {"api_provider": "acme", "api_key": KEY}),
        member.post(url(draft, "key"), {"api_provider": "openai", "api_key": KEY, "go": "back"}),
        member.post(url(draft, "key"), {"api_provider": "openai", "api_key": KEY}),
        member.get(url(draft, "key")),
        member.post(url(draft, "template"), ANSWERS["template"]),
        member.get(url(draft, "summary")),
        member.post(url(draft, "finish")),
        member.get(url(draft, "done")),
    ]

    assert stored(db, draft).api_key_last_four == KEY[-4:]
    assert count(db, Project) == 1
    kept = [text for rows in everything(db).values() for text in rows]
    for secret in (KEY, KEY[:-4], KEY[-8:], "mostsecret"):
        assert not [page for page in pages if secret in page.get_data(as_text=True) + str(page.headers)]
        assert not [row for row in kept if secret in row]
        assert secret not in caplog.text


def test_a_key_that_was_given_is_kept_until_another_is_typed(db, member, complete):
    page = member.get(url(complete, "key"))

    assert "•••• cdef is kept; type to replace." in words(page)
    field = element(page, 'id="api_key"')
    assert 'type="password"' in field
    assert 'autocomplete="off"' in field
    assert "value=" not in field
    assert member.post(url(complete, "key"), {"api_provider": "openai", "api_key": ""}).status_code == 303
    assert stored(db, complete).api_key_last_four == "cdef"


def test_who_has_no_key_needs_none(db, member, complete):
    assert member.post(url(complete, "key"), {"api_provider": "none", "api_key": "x"}).status_code == 303
    assert (stored(db, complete).api_provider, stored(db, complete).api_key_last_four) == ("none", None)


# Templates


def test_the_built_in_templates_are_offered_while_none_are_stored(member, complete):
    page = member.get(url(complete, "template")).get_data(as_text=True)

    assert re.findall(r'value="(builtin:[^"]*)"', page)[0] == "builtin:web-launch"
    for template in BUILTIN_TEMPLATES:
        assert f'value="builtin:{template.slug}"' in page
        assert template.title in page


def test_stored_templates_are_offered_best_first_and_marked(make, member, complete):
    make.template(title="A blog", tags=["blog"])
    best = make.template(title="An online shop", description="With a basket.", tags=["shop", "store"])

    page = member.get(url(complete, "template"))

    shown = re.findall(r'name="template" value="([^"]*)"', page.get_data(as_text=True))
    assert shown[0] == str(best.id)
    assert "An online shop Recommended With a basket. shop store" in words(page)
    assert words(page).count("Recommended") == 1


def test_a_template_shows_the_prompt_that_it_would_make_as_text(make, member, complete):
    make.template(content="<img src=x onerror=alert(1)> {purpose} for {audience}")

    page = member.get(url(complete, "template")).get_data(as_text=True)

    assert "&lt;img src=x onerror=alert(1)&gt; A shop for teapots for tea drinkers" in page


def test_all_but_the_best_templates_wait_behind_a_fold(make, member, complete):
    for number in range(9):
        make.template(title=f"Template {number}")

    page = member.get(url(complete, "template"))

    assert page.get_data(as_text=True).count('name="template"') == 10  # with the built-in one that is chosen
    assert "4 more templates" in words(page)
    assert '<details class="more" open>' in page.get_data(as_text=True)


def test_a_template_that_was_deleted_after_it_was_chosen_is_asked_for_again(db, make, member, complete):
    template = make.template()
    member.post(url(complete, "template"), {"template": str(template.id)})
    db.delete(template)
    db.flush()

    answer = member.post(url(complete, "finish"))

    assert answer.status_code == 422
    assert "The template that was chosen is gone; choose another." in words(answer)
    assert count(db, Project) == 0
    assert member.get(url(complete, "summary")).headers["Location"] == url(complete, "template")
    assert member.post(url(complete, "template"), {"template": "builtin:blank"}).status_code == 303
    assert member.post(url(complete, "finish")).status_code == 303


# Finishing, once


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


# Whose it is


def test_a_visitor_is_sent_to_sign_in_and_comes_back(browser, complete):
    answer = browser.get(url(complete, "purpose"))

    assert answer.headers["Location"] == f"/login?next={url(complete, 'purpose')}"
    assert browser.post("/wizard/start").status_code == 401


def test_a_viewer_has_no_wizard(db, make, sign_in):
    viewer = sign_in(Role.VIEWER)
    session = make.session(user=viewer.user, survey={"template": "builtin:blank"}, **COLUMNS)

    answers = [viewer.get("/wizard/"), *(viewer.get(url(session, step)) for step in [*STEPS, "done"])]
    answers += [viewer.post(path) for path in ("/wizard/start", url(session, "purpose"), url(session, "finish"))]

    assert {answer.status_code for answer in answers} == {403}
    assert count(db, Project) == 0


@pytest.mark.parametrize("role", [Role.MEMBER, Role.OPERATOR, Role.ADMIN])
def test_another_persons_draft_is_not_found(db, sign_in, complete, role):
    other = sign_in(role)
    before = everything(db)

    answers = [other.get(url(complete, step)) for step in [*STEPS, "done"]]
    answers += [other.post(url(complete, step), ANSWERS[step]) for step in ANSWERS]
    answers += [other.post(url(complete, act)) for act in ("finish", "again")]

    assert {answer.status_code for answer in answers} == {404}
    assert not [answer for answer in answers if "teapots" in answer.get_data(as_text=True)]
    assert set(db.scalars(select(AuditEvent.tag))) <= {"user:fail_access"}  # the trail tells of who tries
    assert everything(db) | {"audit_events": []} == before


# When something breaks


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

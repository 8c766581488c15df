"""The pages of single records: what they show, to whom, and what can be done on them."""

from uuid import uuid4

import pytest
from markupsafe import escape
from sqlalchemy import select, text

from models import DeployStatus, OnboardingSession, ProjectStatus, Role, StatusChange
from tests.client import LONG
from tests.conftest import NOW
from tests.queries import counted
from tests.records import HOOK, NOBODY
from tests.trail import events, tags

KINDS = ("sessions", "projects", "deploys", "attempts", "rooms", "studio")
HOSTILE = "<script>alert('x')</script> \u202eevil\u202c عربي {{ 7*7 }} \"onload=\"x"
MALFORMED = ("1", "not-an-id", "%00", "a" * 5_000, "..%2f..", "0" * 31, "%F0%9F%92%A5", "'; DROP TABLE projects; --")


def paths(make, owner):
    """The pages of one record of each kind, all of the owner's."""
    session = make.session(user=owner)
    project = make.project(owner=owner, onboarding_session_id=session.id)
    deploy = make.deploy(session=session)
    return {
        "sessions": f"/console/sessions/{session.id}",
        "projects": f"/console/projects/{project.id}",
        "deploys": f"/console/deploys/{deploy.id}",
        "attempts": f"/console/attempts/{make.attempt(deploy=deploy).id}",
        "rooms": f"/console/rooms/{make.room(project=project).id}",
        "studio": f"/console/studio/{project.id}",
    }


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", KINDS)
def test_everyone_who_signs_in_sees_the_pages_of_own_records(make, sign_in, kind, role):
    owner = make.user(role=role)

    assert sign_in(user=owner).get(paths(make, owner)[kind]).status_code == 200


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.ADMIN])
@pytest.mark.parametrize("kind", KINDS)
def test_those_who_see_all_records_see_other_peoples_pages(make, sign_in, kind, role):
    assert sign_in(role).get(paths(make, make.user())[kind]).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_a_member_finds_no_page_of_other_peoples_records(make, sign_in, kind):
    assert sign_in(Role.MEMBER).get(paths(make, make.user())[kind]).status_code == 404


@pytest.mark.parametrize("path", [f"/console/{kind}/{NOBODY}" for kind in KINDS] + ["/console/studio"])
def test_a_visitor_is_sent_to_sign_in_and_comes_back(browser, path):
    answer = browser.get(path)

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/login?next={path}")


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_that_does_not_exist_is_not_found(sign_in, kind):
    answer = sign_in(Role.ADMIN).get(f"/console/{kind}/{uuid4()}")

    assert answer.status_code == 404
    assert "There is no such" in answer.text


@pytest.mark.parametrize("malformed", MALFORMED)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_id_is_said_to_be_none(sign_in, kind, malformed):
    answer = sign_in(Role.ADMIN).get(f"/console/{kind}/{malformed}")

    assert answer.status_code in (404, 422)


@pytest.mark.parametrize("malformed", MALFORMED)
@pytest.mark.parametrize("path", ["projects/{}/move", "deploys/{}/cancel", "deploys/{}/retry", "rooms/{}", "studio/{}"])
def test_nothing_is_done_to_what_is_no_id(db, sign_in, path, malformed):
    answer = sign_in(Role.ADMIN).post(f"/console/{path.format(malformed)}")

    assert answer.status_code in (404, 422)
    assert tags(db) == []


@pytest.mark.parametrize("path", ["projects/{}/move", "studio/{}"])
def test_what_is_no_form_is_refused(db, make, sign_in, path):
    browser, page = sign_in(Role.ADMIN), f"/console/{path.format(make.project().id)}"

    assert browser.send("POST", page, json={"to": "code_generated", "prompt_text": "x"}).status_code == 422
    assert browser.send("POST", page, data=b"\x00\xff\xfe", content_type="text/plain").status_code == 422
    assert browser.post(page, {"prompt_text": "x" * 1_100_000}).status_code == 413
    assert tags(db) == []


@pytest.mark.parametrize("path", ["projects/{}/move", "deploys/{}/cancel", "deploys/{}/retry", "rooms/{}", "studio/{}"])
def test_a_form_without_its_token_is_refused(make, sign_in, path):
    answer = sign_in(Role.ADMIN).client.post(f"/console/{path.format(make.project().id)}")

    assert answer.status_code == 400
    assert "CSRF" in answer.text


def test_the_pages_have_no_entry_in_the_navigation(make, sign_in):
    page = sign_in(Role.ADMIN).get(f"/console/projects/{make.project().id}").text

    assert 'class="nav-entry" href="/console/studio' not in page


# Sessions


def test_a_sessions_page_shows_everything_about_it(make, sign_in):
    template = make.template(title="Shop front")
    session = make.session(
        user=make.user(name="Ana Lopes", email="ana@example.com"),
        status="failed",
        recommend_template_id=template.id,
        model_preference="claude-sonnet",
        hosting_target="netlify",
        api_provider="anthropic",
        api_key_last_four="w9Zq",
        survey={"teamSize": 12, "features": ["cart", "search"], "nested": {"a": [1]}, "beta": True},
        deploy_response={"status": 503, "ok": False, "body": "<h1>Service unavailable</h1>"},
        deploy_triggered_at=NOW,
    )
    project = make.project(onboarding_session_id=session.id, title="Teapots & more")
    deploy = make.deploy(session=session)
    make.attempt(deploy=deploy, duration_ms=1234, retry_after_s=30)
    make.attempt(deploy=deploy, attempt_number=2, status_code=None, error_kind="tls", error_message="Bad handshake.")

    page = sign_in(Role.OPERATOR).get(f"/console/sessions/{session.id}").text

    for shown in (
        "A shop for teapots",
        "tea drinkers",
        "Ana Lopes",
        "ana@example.com",
        "Failed",
        "Claude Sonnet",
        "Netlify",
        "Anthropic",
        "•••• w9Zq",
        "Shop front",
        "Team size",
        "12",
        "cart, search",
        "Yes",
        "Teapots &amp; more",
        f'href="/console/projects/{project.id}"',
        f'href="/console/deploys/{deploy.id}"',
        "1,234 ms",
        "asked to wait 30 s",
        "&lt;h1&gt;Service unavailable&lt;/h1&gt;",
        "TLS failed",
        "Bad handshake.",
        "Timeline",
        "Session created: failed",
        "Attempt 1 answered 503",
    ):
        assert shown in page, shown


def test_a_built_in_template_is_named_by_its_title(make, sign_in):
    session = make.session(survey={"template": "builtin:web-launch"})

    assert "Product website" in sign_in(Role.VIEWER).get(f"/console/sessions/{session.id}").text


def test_what_the_page_says_already_is_not_said_again_of_the_survey(make, sign_in):
    survey = {"purpose": "A shop for teapots", "template": "builtin:web-launch", "target_audience": "somebody else"}
    session = make.session(survey=survey)

    def more(role):
        return sign_in(role).get(f"/console/sessions/{session.id}").text.partition("More from the survey")[2]

    page = more(Role.OPERATOR)
    assert "somebody else" in page
    assert "builtin:web-launch" not in page
    assert '<dt dir="auto">Purpose' not in page
    assert not more(Role.VIEWER)  # of whose questions the page says all


def test_no_page_shows_a_secret(make, sign_in):
    override = "https://hooks.example.com/deploy/override-fedcba9876543210"
    session = make.session(
        vercel_hook_url=HOOK,
        survey={
            "vercelHookOverride": override,
            "apiKey": "sk-live-1",
            "deep": {"token": "t0p"},
            "hooks": {"production": "https://hooks.example.com/prj_S3CRET"},
        },
    )
    project = make.project(onboarding_session_id=session.id)
    make.config(
        project=project, env_config={"STRIPE_SECRET": "sk_live_2"}, repo_url="https://bot:hunter2@git.example.com/x"
    )
    deploy = make.deploy(session=session)
    browser = sign_in(Role.ADMIN)

    pages = "".join(
        browser.get(f"/console/{path}").text
        for path in (
            f"sessions/{session.id}",
            f"projects/{project.id}",
            f"deploys/{deploy.id}",
            f"attempts/{make.attempt(deploy=deploy).id}",
        )
    )

    for secret in (HOOK, "0123456789", override, "override-fedc", "sk-live-1", "t0p", "sk_live_2", "hunter2", "prj_S3"):
        assert secret not in pages, secret
    for shown in ("https://hooks.example.com/…3210", "https://hooks.example.com/…cdef", "STRIPE_SECRET", "•••"):
        assert shown in pages, shown
    assert "https://…@git.example.com/x" in pages


@pytest.mark.parametrize(
    "survey", ["[]", "[1, 2]", '"text"', "null", "7", "{}", '{"": {"": []}}', '{"a": null}', "[" * 200 + "]" * 200]
)
@pytest.mark.parametrize("response", [None, "[]", '"text"', "7", "{}", '{"status": {"a": 1}}', '{"body": {"a": [1]}}'])
def test_json_of_any_shape_has_a_page(db, make, sign_in, survey, response):
    session = make.session()
    project = make.project(onboarding_session_id=session.id)
    make.config(project=project)
    values = {"survey": survey, "response": response}
    db.execute(text("UPDATE onboarding_sessions SET metadata = :survey, deploy_response = :response"), values)
    db.execute(text("UPDATE project_configs SET env_config = :survey"), values)
    browser = sign_in(Role.VIEWER)

    assert browser.get(f"/console/sessions/{session.id}").status_code == 200
    assert browser.get(f"/console/projects/{project.id}").status_code == 200


def test_other_peoples_text_is_shown_as_text_on_every_page(make, sign_in):
    person = make.user(name=HOSTILE)
    session = make.session(
        user=person,
        purpose=HOSTILE,
        target_audience=HOSTILE,
        hosting_target=HOSTILE,
        survey={HOSTILE: HOSTILE, "more": {HOSTILE: LONG}},
        deploy_response={"ok": False, "error": HOSTILE},
    )
    project = make.project(
        owner=person, title=HOSTILE, description=HOSTILE, stack=HOSTILE, prompt_text=HOSTILE + LONG,
        onboarding_session_id=session.id,
    )  # fmt: skip
    make.config(project=project, env_config={HOSTILE: HOSTILE}, build_command=HOSTILE, repo_url=HOSTILE)
    room = make.room(project=project, name=HOSTILE)
    deploy = make.deploy(session=session, actor=HOSTILE)
    attempt = make.attempt(deploy=deploy, response_excerpt=HOSTILE + LONG, error_message=HOSTILE)
    browser = sign_in(Role.ADMIN)

    for path in (
        f"sessions/{session.id}",
        f"projects/{project.id}",
        f"deploys/{deploy.id}",
        f"attempts/{attempt.id}",
        f"attempts/{attempt.id}/reader",
        f"rooms/{room.id}",
        f"studio/{project.id}",
        "studio",
    ):
        answer = browser.get(f"/console/{path}")
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
        assert str(escape(HOSTILE)) in answer.text, path


def test_a_session_that_failed_offers_to_retry_its_deploy_and_comes_back(db, make, sign_in):
    session = make.session(status="failed", vercel_hook_url=HOOK)
    deploy = make.deploy(session=session)
    browser, page = sign_in(Role.OPERATOR), f"/console/sessions/{session.id}"

    assert f'action="/console/sessions/{session.id}/retry"' in browser.get(page).text
    answer = browser.post(f"{page}/retry", {"back": page})

    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    db.expire_all()
    assert deploy.status is DeployStatus.QUEUED
    page = browser.get(page).text
    assert 'data-why="A deploy of this session is already under way."' in page
    assert f'action="/console/deploys/{deploy.id}/cancel"' in page


def test_a_viewer_is_offered_nothing_to_do(make, sign_in):
    session = make.session(status="failed")
    waiting = make.deploy(session=session, status=DeployStatus.QUEUED)
    project = make.project(onboarding_session_id=session.id)
    room = make.room(project=project)
    browser = sign_in(Role.VIEWER)

    for path in (
        f"sessions/{session.id}",
        f"projects/{project.id}",
        f"deploys/{waiting.id}",
        f"rooms/{room.id}",
        f"studio/{project.id}",
    ):
        content = browser.get(f"/console/{path}").text.partition("<main")[2].partition("</main>")[0]
        assert content, path
        assert 'method="post"' not in content, path


@pytest.mark.parametrize("kind", ["sessions", "projects", "deploys"])
def test_a_timeline_shows_all_or_a_part_by_its_address_and_refuses_other_parts(make, sign_in, kind):
    browser, page = sign_in(Role.VIEWER), paths(make, make.user())[kind]

    deploys = browser.get(f"{page}?timeline=deploys").text

    assert 'id="timeline-deploys"' in deploys
    assert f'hx-get="{page}/live?timeline=deploys"' in deploys  # so that it stays as it was chosen
    assert "Deploy requested" in browser.get(page).text
    assert "Deploy requested" not in browser.get(f"{page}?timeline=changes").text
    for refused in (f"{page}?timeline=nonsense", f"{page}/live?timeline=%00"):
        assert browser.get(refused).status_code == 422, refused


# Projects


def test_a_projects_page_shows_everything_about_it(make, sign_in):
    session = make.session()
    project = make.project(
        owner=make.user(name="Ana Lopes"),
        title="Teapots",
        description="A shop.",
        prompt_text="Build a shop.\nMake it good.",
        status=ProjectStatus.CODE_GENERATED,
        onboarding_session_id=session.id,
    )
    make.config(
        project=project,
        repo_url="https://git.example.com/teapots",
        build_command="npm run build",
        output_dir="dist",
        deployment_target="concept_aws",
        env_config={"NODE_ENV": "production"},
    )
    room = make.room(project=project, name="Design room")

    page = sign_in(Role.VIEWER).get(f"/console/projects/{project.id}").text

    for shown in (
        "Teapots",
        "A shop.",
        "Ana Lopes",
        "Next.js",
        "Custom",
        "Build a shop.\nMake it good.",
        "Code generated",
        "https://git.example.com/teapots",
        "npm run build",
        "dist",
        "AWS (concept)",
        "NODE_ENV",
        f'href="/console/sessions/{session.id}"',
        f'href="/console/rooms/{room.id}"',
        "Project created: code generated",
    ):
        assert shown in page, shown
    assert "production" not in page


def test_an_operator_marks_a_project_as_configured(db, make, sign_in):
    project = make.project(status=ProjectStatus.CODE_GENERATED)
    browser, page = sign_in(Role.OPERATOR), f"/console/projects/{project.id}"

    assert "Mark as configured" in browser.get(page).text
    answer = browser.post(f"{page}/move", {"to": "deploy_configured"})

    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    db.expire_all()
    assert project.status is ProjectStatus.DEPLOY_CONFIGURED
    assert tags(db) == ["project:move"]
    changed_by = select(StatusChange.actor).where(StatusChange.to_status == "deploy_configured")
    assert db.scalar(changed_by) == browser.user.email
    page = browser.get(page).text
    assert "The project is deploy configured now." in page
    assert "Project: code generated → deploy configured" in page
    assert "Move to domain ready" in page


def test_an_operator_is_offered_the_step_forward_and_no_other(make, sign_in):
    page = sign_in(Role.OPERATOR).get(f"/console/projects/{make.project().id}").text

    assert "Move to code generated" in page
    assert "Step back or jump" not in page


def test_an_admin_steps_back_with_a_reason(db, make, sign_in):
    project = make.project(status=ProjectStatus.DOMAIN_READY)
    browser, page = sign_in(Role.ADMIN), f"/console/projects/{project.id}"

    assert "Step back or jump" in browser.get(page).text
    answer = browser.post(f"{page}/move", {"to": "prompt_ready", "reason": "The domain\r\nlapsed."})

    assert answer.status_code == 303
    db.expire_all()
    assert project.status is ProjectStatus.PROMPT_READY
    assert events(db)[-1].after["reason"] == "The domain\nlapsed."
    assert "reason: The domain lapsed." in browser.get(page).text


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"to": "code_generated"}, 422, "needs a reason"),
        ({"to": "code_generated", "reason": " \n"}, 422, "needs a reason"),
        ({"to": "code_generated", "reason": "x" * 201}, 422, "at most 200"),
        ({"to": "code_generated", "reason": "because\x00"}, 422, "can&#39;t be stored"),
        ({"to": "launched", "reason": "because"}, 422, "Choose one of"),
        ({"reason": "because"}, 422, "Choose one of"),
        ({}, 422, "Choose one of"),
        ({"to": "domain_ready", "reason": "because"}, 409, "domain ready already"),
    ],
)
def test_a_move_that_is_refused_says_why_on_the_page_and_keeps_what_was_sent(db, make, sign_in, form, status, said):
    project = make.project(status=ProjectStatus.DOMAIN_READY)

    answer = sign_in(Role.ADMIN).post(f"/console/projects/{project.id}/move", form)

    assert answer.status_code == status
    assert said in answer.text
    assert str(escape(form.get("reason", "").strip())) in answer.text
    db.expire_all()
    assert project.status is ProjectStatus.DOMAIN_READY
    assert tags(db) == []


@pytest.mark.parametrize("form", [{"to": "launched"}, {}, {"to": "domain_ready"}, {"to": "prompt_ready"}])
def test_an_operator_is_told_what_is_wrong_with_a_move_too(make, sign_in, form):
    answer = sign_in(Role.OPERATOR).post(f"/console/projects/{make.project().id}/move", form)

    assert answer.status_code in (409, 422)
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_others_cannot_move_projects(db, make, sign_in, role):
    answer = sign_in(role).post(f"/console/projects/{make.project().id}/move", {"to": "code_generated"})

    assert answer.status_code == 403
    assert tags(db) == []


def test_a_member_cannot_move_an_own_project(db, make, sign_in):
    member = make.user(role=Role.MEMBER)
    project = make.project(owner=member)

    assert (
        sign_in(user=member).post(f"/console/projects/{project.id}/move", {"to": "code_generated"}).status_code == 403
    )


def test_a_larger_record_asks_the_database_no_more_often(db, connection, make, sign_in):
    session = make.session(user=make.user())
    project = make.project(onboarding_session_id=session.id)
    browser = sign_in(Role.VIEWER)

    def statements():
        with counted(connection) as asked:
            for path in (f"sessions/{session.id}", f"projects/{project.id}", f"studio/{project.id}", "studio"):
                browser.get(f"/console/{path}")
        return len(asked)

    make.attempt(deploy=make.deploy(session=session))
    make.room(project=project)
    db.flush()
    before = statements()
    for _ in range(8):
        make.attempt(deploy=make.deploy(session=session))
        make.room(project=make.project(onboarding_session_id=session.id))
        make.room(project=project)

    assert statements() == before
    assert db.get(OnboardingSession, session.id)

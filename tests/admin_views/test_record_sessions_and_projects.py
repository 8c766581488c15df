"""The pages of single sessions and projects: what they show, and what can be done on them."""

import pytest
from markupsafe import escape
from sqlalchemy import select

from models import DeployStatus, ProjectStatus, Role, StatusChange
from tests.conftest import NOW
from tests.records import HOOK
from tests.trail import events, tags

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

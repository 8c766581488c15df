"""The pages of single records of every kind: who sees them, what no page shows, and what is refused."""

from uuid import uuid4

import pytest
from markupsafe import escape
from sqlalchemy import text

from models import DeployStatus, OnboardingSession, Role
from tests.client import LONG
from tests.queries import counted
from tests.records import HOOK, NOBODY
from tests.trail import tags

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

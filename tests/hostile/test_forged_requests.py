"""Every request that may change something, sent as another site would have a browser send it: with the cookie alone."""

from models import ProjectStatus, Role, SessionStatus
from tests.people.test_acting_guard import digests, filled, unsafe_routes
from tests.records import HOOK


def walk(app, send, record_id):
    """(method, path) → status of each unsafe request."""
    return {
        (method, path): send(method, path).status_code
        for method, rule in unsafe_routes(app)
        for path in [filled(rule, record_id)]
    }


def test_without_its_token_every_unsafe_request_is_refused_and_changes_nothing(app, db, make, sign_in):
    admin, person = sign_in(Role.ADMIN), make.user(role=Role.OPERATOR)
    session = make.session(user=person, status=SessionStatus.FAILED, vercel_hook_url=HOOK)
    make.deploy(session=session)
    make.project(owner=person, status=ProjectStatus.CODE_GENERATED)
    admin.get("/console/")
    before = digests(db)

    def send(method, path):
        return admin.client.open(path, method=method, data={"rowid": str(session.id), "csrf_token": "made-up"})

    answered = walk(app, send, session.id)

    assert {route: status for route, status in answered.items() if status != 400} == {}
    assert len(answered) > 100
    db.expire_all()
    assert digests(db) == before


def test_with_its_token_every_unsafe_request_of_another_site_is_refused(app, make, sign_in):
    admin, token = sign_in(Role.ADMIN), sign_in(Role.ADMIN).csrf_token
    headers = {"X-CSRFToken": token, "Sec-Fetch-Site": "cross-site"}

    answered = walk(
        app, lambda method, path: admin.client.open(path, method=method, headers=headers), make.session().id
    )

    assert set(answered.values()) == {403}


def test_a_token_in_the_authorization_header_exempts_programs_of_the_api_and_no_page(app, make, sign_in):
    admin = sign_in(Role.ADMIN)
    headers = {"Authorization": "Bearer ops_made-up"}

    answered = walk(
        app, lambda method, path: admin.client.open(path, method=method, headers=headers), make.session().id
    )

    assert {status for (_, path), status in answered.items() if path.startswith("/api/")} == {401}
    assert {status for (_, path), status in answered.items() if not path.startswith("/api/")} == {400}


def test_no_header_and_no_field_makes_a_request_another_method(sign_in, db, make):
    admin, template = sign_in(Role.ADMIN), make.template()
    path = f"/admin/template/delete/?id={template.id}&_method=POST"

    answers = [admin.get(path, headers={name: "POST"}) for name in ("X-HTTP-Method-Override", "X-HTTP-Method")]

    assert [answer.status_code for answer in answers] == [405, 405]
    db.refresh(template)

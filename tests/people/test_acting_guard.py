"""While an admin acts as somebody and only reads: every request that could change anything, whatever it is sent to."""

from uuid import UUID

from sqlalchemy import select, text
from werkzeug.routing import Rule

from models import AuditEvent, Base, ProjectStatus, Role, SessionStatus
from people.acting_guard import ALWAYS_OPEN, SAFE
from tests.records import HOOK

ONES_OWN = {"sign_ins", "audit_events"}
"""Tables of which the admin's own rows change: when their sign-in was used, and that they were refused."""


def unsafe_routes(app):
    """(method, endpoint, path) of all that may change something; ids in paths are left for `filled`."""
    routes = []
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - SAFE:
            routes.append((method, rule))
    return sorted(routes, key=lambda route: (route[1].rule, route[0]))


def filled(rule: Rule, record_id: UUID) -> str:
    """A path of the rule, with the id of a record that there is wherever it takes one."""
    by_kind = {"UUIDConverter": record_id, "IntegerConverter": 1}
    values = {name: by_kind.get(type(kind).__name__, str(record_id)) for name, kind in rule._converters.items()}
    built = rule.build(values, append_unknown=False)
    assert built is not None, rule
    return built[1]


def digests(db):
    """What tells whether any row of a table has changed."""
    tables = [table.name for table in Base.metadata.sorted_tables if table.name not in ONES_OWN]
    return {
        name: db.execute(text(f"SELECT count(*), sum(hashtextextended(t::text, 0)) FROM {name} t")).one()  # noqa: S608
        for name in tables
    }


def test_every_unsafe_request_is_refused_and_changes_nothing(app, db, make, sign_in):
    admin, person = sign_in(Role.ADMIN), make.user(role=Role.OPERATOR)
    session = make.session(user=person, status=SessionStatus.FAILED, vercel_hook_url=HOOK)
    make.deploy(session=session)
    make.project(owner=person, status=ProjectStatus.CODE_GENERATED)
    admin.post("/console/acting/start", {"person": str(person.id), "reason": "A ticket of theirs"})
    before = digests(db)

    answered = {}
    for method, rule in unsafe_routes(app):
        if rule.endpoint not in ALWAYS_OPEN:
            path = filled(rule, session.id)
            answered[method, path] = admin.send(method, path, data={"rowid": str(session.id)}).status_code

    assert set(answered.values()) == {403}, {route: status for route, status in answered.items() if status != 403}
    assert len(answered) > 100
    db.expire_all()
    assert digests(db) == before
    tags = db.scalars(select(AuditEvent.tag).where(AuditEvent.tag != "user:act_as").distinct()).all()
    assert tags == ["user:fail_access"]


def test_what_is_always_open_is_to_leave_to_stop_and_to_confirm_who_one_is(app):
    open_routes = {rule.endpoint for method, rule in unsafe_routes(app) if rule.endpoint in ALWAYS_OPEN}

    assert open_routes == {
        "security.logout",
        "security.verify",
        "sign_in_steps.ask_to_confirm",
        "sign_in_steps.confirm_by_passkey",
        "sign_in_steps.take_second_step_again",
        "provider.confirm",
        "acting.stop",
        "acting.allow_changes",
    }


def test_the_refusal_says_as_whom_one_acts_to_people_and_to_programs(make, sign_in):
    admin, person = sign_in(Role.ADMIN), make.user(role=Role.OPERATOR)
    admin.post("/console/acting/start", {"person": str(person.id), "reason": "A ticket of theirs"})

    page = admin.post("/console/deliveries/pause", {"reason": "Moving"})
    api = admin.send("POST", "/api/deliveries/pause", json={"reason": "Moving"})

    assert f"You act as {person.name} and only read, so nothing was changed." in page.text
    assert api.content_type == "application/problem+json"
    assert api.json["detail"] == f"You act as {person.name} and only read, so nothing was changed."


def test_a_visitor_with_what_is_left_of_a_session_may_sign_in(browser):
    with browser.client.session_transaction() as session:
        session["acting"] = "00000000-0000-4000-8000-000000000000"

    assert browser.get("/login").status_code == 200
    assert browser.post("/login", {"email": "nobody@example.com", "password": "x"}).status_code == 200

"""Every way to the records with the console's own scoping taken out: what is left is what the database holds."""

import re
import sys
import time

import pytest
from flask import has_request_context
from sqlalchemy import event, literal_column, text

from models import ExportChunk, Role
from services import scopes
from tests.access.conftest import export_of, identity_of, passkey_of
from tests.conftest import actor_of
from tests.records import HOOK
from tests.tokens import add_token

MARK = "Foreign zebra"
"""In every text of somebody else's records."""
RECORDS = (
    "onboarding_sessions",
    "projects",
    "project_configs",
    "rooms",
    "room_states",
    "room_participants",
    "deploys",
    "deploy_attempts",
    "bulk_jobs",
    "bulk_items",
    "saved_views",
    "exports",
    "export_chunks",
    "sign_ins",
    "api_tokens",
    "passkeys",
    "identities",
)
WHOSE = re.compile(r"\b\w+\.(?:user|owner|actor|admin)_id = %\(\w+\)s(?:::UUID)?")
"""How statements ask whose a row is."""
NO_PAGES = ("static", "docs", "login", "log", "events", "end-all")
LISTS = ("session", "project", "project_config", "room", "deploy", "attempt")


@pytest.fixture
def foreign(make):
    """Somebody else's records, by the word by which addresses name them."""
    owner = make.user(role=Role.MEMBER, name=MARK, email="zebra@foreign.example")
    session = make.session(user=owner, purpose=MARK, target_audience=MARK, status="completed", vercel_hook_url=HOOK)
    draft = make.session(user=owner, purpose=MARK)
    project = make.project(owner=owner, title=MARK, description=MARK, prompt_text=MARK, stack=MARK)
    room = make.room(project=project, name=MARK)
    deploy = make.deploy(session=session, actor="zebra@foreign.example", status="dead_lettered")
    attempt = make.attempt(deploy=deploy, response_excerpt=MARK)
    job = make.bulk_job(deploy, actor=actor_of(owner))
    view = make.saved_view(owner=owner, name=MARK)
    config = make.config(project=project, repo_url=f"https://example.com/{MARK}", build_command=MARK)
    export = export_of(make.db, owner)
    export.title, export.address = MARK, f"/admin/session/?search={MARK}"
    make.db.add(ExportChunk(export_id=export.id, number=0, data=MARK.encode()))
    token, passkey = add_token(make.db, owner, name=MARK), passkey_of(make.db, owner)
    identity = identity_of(make.db, owner)
    passkey.name = identity.issuer = MARK
    make.save()
    return {
        "attempts": attempt.id,
        "bulk": job.id,
        "config": config.id,
        "deploy": deploy.id,
        "exports": export.id,
        "identities": identity.id,
        "passkeys": passkey.id,
        "sign-ins": make.sign_in(owner, user_agent=MARK).id,
        "tokens": token.id,
        "draft": draft.id,
        "project": project.id,
        "room": room.id,
        "studio": room.id,
        "session": session.id,
        "views": view.id,
        "wizard": draft.id,
    }


@pytest.fixture
def unscoped(monkeypatch, connection):
    """Have every condition on whose rows are seen hold for all, those that ask for an owner's id included.

    Written so that no list takes it for a look at a whole table, which the ledger counts: that is closed to members.
    """
    everybody = literal_column("1") == literal_column("1")
    for module in list(sys.modules.values()):
        if getattr(module, "visible", None) is scopes.visible and module is not scopes:
            monkeypatch.setattr(module, "visible", lambda *arguments: everybody)
    monkeypatch.setattr(scopes, "visible", lambda *arguments: everybody)
    forgotten = []

    @event.listens_for(connection, "before_cursor_execute", retval=True)
    def forget(connection, cursor, statement, parameters, context, executemany):
        asked = WHOSE.findall(statement) if has_request_context() else ()
        forgotten.extend(asked)
        return WHOSE.sub(r"(\g<0> OR true)", statement) if asked else statement, parameters

    yield forgotten
    event.remove(connection, "before_cursor_execute", forget)


@pytest.fixture
def member(sign_in, make, foreign, unscoped):
    user = make.user(role=Role.MEMBER)
    make.session(user=user, purpose="Mine")
    make.project(owner=user, title="Mine")
    make.save()
    browser = sign_in(user=user)
    with browser.client.session_transaction() as session:
        session["fs_paa"] = time.time()  # or acts would ask to confirm first
    return browser


def addresses(app, foreign, method):
    """Each address of the console under a method, with foreign ids where it takes any."""
    urls = app.url_map.bind("localhost")
    for rule in sorted(app.url_map.iter_rules(), key=str):
        known = next((foreign[word] for word in foreign if f"/{word}" in rule.rule), foreign["session"])
        usual = {"export_type": "csv", "view": "deploy", "action": "retry", "step": "purpose", "widget": "totals"}
        values = {name: usual.get(name, str(known)) for name in rule.arguments}
        if method in (rule.methods or ()) and not any(word in rule.rule for word in NO_PAGES):
            yield urls.build(rule.endpoint, values, method=method)


def rows(db, member):
    """What is stored and not the member's, as text."""
    each = "SELECT '{0}' || t::text FROM {0} t WHERE position(:mine IN t::text) = 0"
    statement = text(" UNION ALL ".join(each.format(name) for name in RECORDS))
    return set(db.scalars(statement, {"mine": str(member.user.id)}))


def test_no_page_and_no_answer_shows_a_foreign_row(app, db, foreign, member, unscoped):
    seen = 0
    for address in addresses(app, foreign, "GET"):
        answer = member.get(address)
        assert answer.status_code < 500, address
        assert MARK not in answer.text, address
        assert str(foreign["session"]) not in answer.text.replace(address, ""), address
        seen += "Mine" in answer.text
    assert len({condition.partition(".")[0] for condition in unscoped}) > 10  # tables that were asked for an owner's
    assert seen >= 6  # their own is there to be seen: sessions, projects, the console, exports of them


@pytest.mark.parametrize("name", LISTS)
def test_no_list_finds_counts_or_exports_a_foreign_row(foreign, member, name):
    for arguments in ("", "?search=zebra", "?search=foreign+zebra", "?facets=1", "?page_size=20&sort=1"):
        for path in (f"/admin/{name}/", f"/admin/{name}/export/json/"):
            answer = member.get(f"{path}{arguments}")
            assert answer.status_code < 500, path
            assert MARK not in answer.text, path


def test_nothing_that_is_sent_changes_a_foreign_row(app, db, foreign, member):
    before = rows(db, member)
    bodies = ({}, {"name": "Taken", "status": "draft", "title": "Taken", "move": "up", "to": "code_generated"})
    for method in ("POST", "PATCH", "DELETE"):
        for address in addresses(app, foreign, method):
            for body in bodies:
                answer = member.send(method, address, data=dict(body, id=str(foreign["session"])))
                assert answer.status_code < 500, address
    db.expire_all()
    after = rows(db, member)

    assert member.get("/console/").status_code == 200  # and so were all requests theirs
    assert before
    assert before <= after
    assert not {row for row in after - before if any(str(one) in row for one in foreign.values())}


def test_the_summary_of_a_program_counts_own_records_alone(app, foreign, member):
    summary = member.get("/api/console/summary").json

    assert summary["onboardingTotals"] == {"draft": 1, "completed": 0, "failed": 0}
    assert [row["purpose"] for row in summary["recentOnboarding"]] == ["Mine"]
    assert [row["project"]["title"] for row in summary["recentProjects"]] == ["Mine"]
    assert summary["deployLog"] == []

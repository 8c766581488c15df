"""Fields that no form has and no operation knows are not written, whatever they are called."""

import re
import time
from uuid import UUID

import pytest
from sqlalchemy import select, text

from api.operations import OPERATIONS
from models import ApiToken, Base, OnboardingSession, PromptTemplate, Role, SavedView
from tests.admin_views.pages import Page

MARK = "a-forged-value"
LONG_ONE = "a long password of a member"
TOKEN = {"name": "N", "scope": "read", "days": "7", "new_id": "12345678-1234-4234-8234-123456789012"}
FORGED: dict[type, str] = {str: MARK, UUID: "f0f0f0f0-f0f0-4f0f-8f0f-f0f0f0f0f0f0", int: "90909090", bool: "y"}


def forged_fields():
    """A value for every column that there is."""
    columns = [column for table in Base.metadata.sorted_tables for column in table.columns]
    fields = {}
    for column in columns:
        try:
            kind = column.type.python_type
        except NotImplementedError:
            kind = str
        fields[column.name] = FORGED.get(kind, "1999-09-09T09:09:09+00:00" if "time" in kind.__name__ else MARK)
    return fields


def traces(db):
    """The tables in which a forged value stands."""
    known = [value for value in FORGED.values() if len(value) > 1] + ["1999-09-09"]
    found = []
    for table in Base.metadata.sorted_tables:
        statement = text(f"SELECT count(*) FROM {table.name} t WHERE t::text LIKE ANY (:known)")  # noqa: S608
        if db.scalar(statement, {"known": [f"%{value}%" for value in known]}):
            found.append(table.name)
    return found


@pytest.fixture
def records(make):
    return {
        "template": make.template(),
        "user": make.user(role=Role.VIEWER),
        "room": make.room(),
        "project_config": make.config(),
    }


@pytest.mark.parametrize("endpoint", ["template", "user", "room", "project_config"])
def test_an_edit_writes_the_fields_of_its_form_and_no_other_column(sign_in, db, records, endpoint):
    admin, record = sign_in(Role.ADMIN), records[endpoint]
    path = f"/admin/{endpoint}/edit/?id={record.id}"
    page = Page(admin.get(path))
    shown = set(re.findall(r'name="([^"]+)"', page.html))
    sent = {name: page.field(name) for name in ("name", "title", "role", "active", "seen") if name in shown}
    sent |= {"active": "y", "content": "B"}

    answer = admin.post(path, {name: value for name, value in sent.items() if value} | but(shown))
    db.expire_all()

    assert answer.status_code == 302, answer.text
    assert traces(db) == []
    assert record.id != UUID(FORGED[UUID])


def but(shown):
    """Every column, but for what the form has."""
    return {name: value for name, value in forged_fields().items() if name not in shown}


def test_a_new_record_takes_the_fields_of_its_form_and_no_other_column(sign_in, db):
    admin, path = sign_in(Role.ADMIN), "/admin/template/new/"
    shown = set(re.findall(r'name="([^"]+)"', admin.get(path).text))

    answer = admin.post(path, but(shown) | {"title": "T", "content": "B", "combo_type": "all"})

    assert answer.status_code == 302, answer.text
    assert db.scalar(select(PromptTemplate.content).where(PromptTemplate.title == "T")) == "B"
    assert traces(db) == []


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("/wizard/start", {}, 303),
        ("/wizard/{draft}/purpose", {"purpose": "A shop"}, 303),
        ("/console/views/", {"endpoint": "session", "name": "V", "arguments": "search=x"}, 303),
        ("/console/preferences/", {"density": "compact"}, 303),
        ("/console/account/tokens/new", TOKEN, 200),
        ("/console/account/password", {"new_password": LONG_ONE, "new_password_confirm": LONG_ONE}, 303),
    ],
)
def test_nobody_gives_themselves_what_is_not_theirs_to_give(sign_in, make, db, path, form, status):
    member = sign_in(Role.MEMBER)
    with member.client.session_transaction() as session:
        session["fs_paa"] = time.time()
    draft, other = make.session(user=member.user), make.user(role=Role.ADMIN)
    mine = {"role": "admin", "user_id": str(other.id), "owner_id": str(other.id), "actor_id": str(other.id)}
    mine |= {"active": "", "fs_uniquifier": MARK, "second_factor_since": "1999-09-09T00:00:00Z", "only": "admin"}
    mine |= {"vercel_hook_url": f"https://{MARK}.example/", "created_at": "1999-09-09T00:00:00Z", "is_shared": "y"}

    answer = member.post(path.format(draft=draft.id), mine | form)
    db.expire_all()

    assert answer.status_code == status, answer.text
    assert "/verify" not in answer.headers.get("Location", "")
    assert traces(db) == []
    assert (member.user.role, member.user.active, draft.user_id) == (Role.MEMBER, True, member.user.id)
    for owner in (SavedView.owner_id, OnboardingSession.user_id, ApiToken.user_id):
        assert other.id not in db.scalars(select(owner))
    assert not any(db.scalars(select(SavedView.is_shared)))


@pytest.mark.parametrize(
    "described", [one for one in OPERATIONS if one.body is not None], ids=lambda described: described.name
)
def test_a_field_that_an_operation_does_not_know_is_refused(sign_in, make, db, described):
    path = re.sub(r"<\w+>", str(make.session().id), described.path)

    for name in ("role", "user_id", "__proto__", "constructor", "$where", "id"):
        answer = sign_in(Role.ADMIN).send(described.method, path, json={name: MARK})

        assert answer.status_code == 422
        assert "There is no such field." in answer.json["detail"]
    assert traces(db) == []

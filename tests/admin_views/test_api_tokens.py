"""The page of one's own API tokens, a person's tokens on their page, and the list of all."""

import re
import time

import pytest
from sqlalchemy import select

from models import ApiToken, Role, User
from services import token_texts
from tests.api.program import Program
from tests.tokens import add_token
from tests.trail import tags

PAGE = "/console/account/tokens/"


@pytest.fixture
def fresh(sign_in):
    """Signs somebody in who gave their password just now."""

    def fresh(*arguments, **options):
        browser = sign_in(*arguments, **options)
        with browser.client.session_transaction() as session:
            session["fs_paa"] = time.time()
        return browser

    return fresh


@pytest.fixture
def token(db, make):
    """A token of an operator."""
    return add_token(db, make.user(role=Role.OPERATOR), name="Nightly <script>")


def ask(browser, **values):
    new_id = re.search(r'name="new_id" value="([^"]+)"', browser.get(f"{PAGE}new").text)[1]
    return browser.post(f"{PAGE}new", {"name": "Nightly", "scope": "read", "days": "30", "new_id": new_id} | values)


def test_a_token_is_made_shown_once_and_opens_the_api(app, db, fresh):
    browser = fresh(Role.OPERATOR)

    made = ask(browser, scope="remediate")

    [text] = set(re.findall(token_texts.PATTERN, made.text))
    assert made.headers["Cache-Control"] == "no-store"
    assert "curl -H" in made.text
    assert text not in browser.get(PAGE).text
    assert f"ops_…{text[-4:]}" in browser.get(PAGE).text
    program = Program(app)
    program.headers["Authorization"] = f"Bearer {text}"
    assert program.get("/api/console/summary").status_code == 200
    assert tags(db) == ["api_token:create"]


def test_making_one_needs_a_fresh_sign_in(db, sign_in):
    browser = sign_in(Role.OPERATOR)
    with browser.client.session_transaction() as session:
        session["fs_paa"] = time.time() - 3600

    asked = [browser.get(f"{PAGE}new"), browser.post(f"{PAGE}new", {"name": "N", "scope": "read", "days": "7"})]

    assert all(answer.headers["Location"].startswith("/verify") for answer in asked)
    assert db.scalars(select(ApiToken)).all() == []


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"name": ""}, "This is needed."),
        ({"scope": "admin"}, "The role permits read or remediate."),
        ({"days": "4000000000"}, "Choose 7, 30, 90, 365 days."),
        ({"days": "²"}, "Choose 7, 30, 90, 365 days."),
    ],
)
def test_what_cannot_be_is_said_at_its_field(db, fresh, values, complaint):
    answer = ask(fresh(Role.OPERATOR), **values)

    assert answer.status_code == 422
    assert complaint in answer.text
    assert db.scalars(select(ApiToken)).all() == []


def test_a_form_that_names_no_id_is_refused(fresh):
    assert ask(fresh(Role.OPERATOR), new_id="x").status_code == 422


def test_a_form_sent_twice_shows_no_second_token(db, fresh):
    browser = fresh(Role.OPERATOR)
    new_id = "00000000-0000-4000-8000-000000000001"
    ask(browser, new_id=new_id)

    assert ask(browser, new_id=new_id).status_code == 409
    assert len(db.scalars(select(ApiToken)).all()) == 1


def test_one_offers_the_scopes_of_ones_role(fresh):
    page = fresh(Role.VIEWER).get(f"{PAGE}new").text

    assert re.findall(r'type="radio" name="scope" value="(\w+)"', page) == ["read"]


def test_ones_own_token_is_revoked(db, sign_in, token):
    browser = sign_in(user=db.get(User, token.user_id))

    browser.post(f"{PAGE}{token.id}/revoke")

    db.refresh(token)
    assert token.revoked_at is not None
    assert "Revoked" in browser.get(PAGE).text


def test_another_persons_token_is_not_there(db, sign_in, token):
    assert sign_in(Role.OPERATOR).post(f"{PAGE}{token.id}/revoke").status_code == 404
    assert "Nightly" not in sign_in(Role.OPERATOR).get(PAGE).text
    db.refresh(token)
    assert token.revoked_at is None


def test_an_admin_sees_a_persons_tokens_on_their_page_and_revokes_one(db, sign_in, token):
    admin, page = sign_in(Role.ADMIN), f"/admin/user/details/?id={token.user_id}"

    shown = admin.get(page).text
    answer = admin.post(f"{PAGE}{token.id}/revoke", {"back": page})

    assert "Nightly &lt;script&gt;" in shown
    assert token.token_hash not in shown
    assert answer.headers["Location"] == page
    db.refresh(token)
    assert token.revoked_at is not None


def test_a_viewer_sees_nobodys_tokens(sign_in, token):
    assert "Nightly" not in sign_in(Role.VIEWER).get(f"/admin/user/details/?id={token.user_id}").text
    assert sign_in(Role.VIEWER).get("/admin/api_token/").status_code == 403


def test_the_list_of_all_tokens_shows_no_hash_and_revokes(db, sign_in, token):
    admin = sign_in(Role.ADMIN)

    shown = admin.get("/admin/api_token/").text
    details = admin.get(f"/admin/api_token/details/?id={token.id}").text
    exported = admin.get("/admin/api_token/export/csv/").text
    admin.post("/admin/api_token/action/", {"action": "revoke", "rowid": str(token.id)})

    assert "Nightly &lt;script&gt;" in shown
    assert token.last_four in details
    for page in (shown, details, exported):
        assert token.token_hash not in page
    db.refresh(token)
    assert token.revoked_at is not None


@pytest.mark.parametrize("query", ["", "?flt0_scope_equals=read", "?flt0_scope_in_list=read,admin"])
def test_a_scope_is_called_what_it_is(sign_in, token, query):
    shown = sign_in(Role.ADMIN).get(f"/admin/api_token/{query}").text

    assert "Read" in shown
    assert "Connection reset" not in shown


def test_nothing_of_a_token_is_edited_or_deleted_in_the_list(sign_in, token):
    admin = sign_in(Role.ADMIN)

    assert admin.get(f"/admin/api_token/edit/?id={token.id}").status_code == 403
    assert admin.post("/admin/api_token/delete/", {"id": str(token.id)}).status_code == 403

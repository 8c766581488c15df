"""The list and form of people."""

import pytest
from sqlalchemy import select

from models import Role, SignIn
from tests.admin_views.pages import Page
from tests.trail import events


def edited(browser, user, **values):
    """The answer to the form, opened and sent with some values changed; a ticked box is sent, an empty one is not."""
    path = f"/admin/user/edit/?id={user.id}"
    page = Page(browser.get(path))
    form = {name: page.field(name) for name in ("name", "role", "seen")}
    if user.active:
        form["active"] = "y"
    form |= values
    return browser.post(path, {name: value for name, value in form.items() if value is not None})


def test_an_admin_gives_a_person_another_role(sign_in, make, db):
    user = make.user(role=Role.VIEWER)

    answer = edited(sign_in(Role.ADMIN), user, role="operator", name="Ana")
    db.expire_all()

    assert answer.status_code == 302
    assert (user.role, user.name, user.active) == (Role.OPERATOR, "Ana", True)
    [event] = events(db)
    assert (event.tag, event.subject_id) == ("user:edit", user.id)


def test_a_person_whose_access_is_taken_away_is_signed_out(sign_in, make, db):
    user = make.user(role=Role.OPERATOR)
    theirs = sign_in(user=user)
    assert theirs.get("/admin/session/").status_code == 200

    edited(sign_in(Role.ADMIN), user, active=None)

    assert theirs.get("/admin/session/").status_code == 302
    assert db.scalar(select(SignIn.ended_at).where(SignIn.user_id == user.id)) is not None


def test_admins_cannot_lock_themselves_out(sign_in, make, db):
    browser = sign_in(Role.ADMIN)

    answer = edited(browser, browser.user, role="viewer")
    db.expire_all()

    assert answer.status_code == 409
    assert Page(answer).messages == ["You can't take your own access away; ask another admin."]
    assert browser.user.role is Role.ADMIN


def test_editing_the_name_of_somebody_who_never_signs_in_gives_no_access(sign_in, make, db):
    user = make.user(role=None)
    user.active = None
    user.fs_uniquifier = None
    db.flush()

    assert edited(sign_in(Role.ADMIN), user, name="Ana").status_code == 302
    db.expire_all()

    assert (user.name, user.role, user.active, user.fs_uniquifier) == ("Ana", None, None, None)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMIN])
def test_what_signs_people_in_is_nowhere(sign_in, make, role):
    user = make.user(password="argon2-hash", fs_uniquifier="uniquifier-secret")
    browser = sign_in(role)

    for path in (
        "/admin/user/",
        f"/admin/user/details/?id={user.id}",
        "/admin/user/export/csv/",
        "/admin/user/?search=argon2",
    ):
        html = browser.get(path).text
        assert "argon2-hash" not in html
        assert "uniquifier-secret" not in html
    assert Page(browser.get("/admin/user/?search=uniquifier-secret")).count == 0


def test_an_unknown_role_is_refused(sign_in, make):
    answer = edited(sign_in(Role.ADMIN), make.user(), role="emperor")

    assert answer.status_code == 422
    assert Page(answer).errors == ["Not a valid choice."]


def test_nobody_adds_or_deletes_people_here(sign_in, make):
    user = make.user()
    browser = sign_in(Role.ADMIN)

    assert browser.get("/admin/user/new/").status_code == 403
    assert browser.post("/admin/user/delete/", {"id": str(user.id)}).status_code == 403

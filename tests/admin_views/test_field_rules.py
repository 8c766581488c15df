"""A list answers nothing about fields that are closed: a guess that is right looks like one that is wrong."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from models import Role
from services import field_rules
from services.permissions import Actor
from tests.admin_views.pages import Page
from tests.conftest import NOW

RIGHT, WRONG = "zqana@zqhouse.example", "nobody@nowhere.example"


@pytest.fixture
def ana(make):
    """Somebody who has a record in each list, and did something."""
    ana = make.user(email=RIGHT, name="Ana Ruiz", role=Role.OPERATOR)
    session = make.session(user=ana, survey={"colour": "zqgreen"})
    make.project(owner=ana)
    make.deploy(session=session, actor=RIGHT)
    return ana


def closed_filters(app):
    """All filters of all lists that a viewer can't use."""
    closed = field_rules.closed_to(Actor(None, "", Role.VIEWER))
    [admin] = app.extensions["admin"]
    for view in admin._views:
        if view.endpoint != "api_token":
            for name, (_, flt) in (getattr(view, "_filter_args", None) or {}).items():
                if field_rules.is_closed(getattr(flt, "column", None), closed):
                    yield view.endpoint, name


def test_no_filter_of_a_closed_field_can_be_used_by_a_viewer(app, ana, sign_in):
    viewer, found = sign_in(Role.VIEWER), list(closed_filters(app))

    assert {endpoint for endpoint, _ in found} == {"user", "session", "project", "deploy", "audit_event"}
    for endpoint, name in found:
        asked = [urlencode({f"flt0_{name}": guess}) for guess in (RIGHT, WRONG)]
        pages = [Page(viewer.get(f"/admin/{endpoint}/?{one}")) for one in asked]
        assert [page.rows for page in pages] == [0, 0], name
        assert all("Your role does not see" in " ".join(page.messages) for page in pages), name
        assert viewer.get(f"/admin/{endpoint}/export/csv/?{asked[0]}").status_code == 422
        assert name not in viewer.get(f"/admin/{endpoint}/").text


@pytest.mark.parametrize("endpoint", ["user", "session", "project", "deploy", "audit_event"])
def test_a_search_finds_nothing_by_what_is_closed_and_all_of_it_for_an_operator(ana, sign_in, endpoint):
    words = "zqhouse", RIGHT, "email:zqhouse", "user.email:zqhouse", "owner.email:zqhouse", "actor:zqhouse"
    viewer, operator = sign_in(Role.VIEWER), sign_in(user=ana)
    operator.get("/admin/user/export/csv/")  # which the trail has under the own address

    for search in words:
        page = viewer.get(f"/admin/{endpoint}/?{urlencode({'search': search})}")
        assert page.status_code == 200, search
        assert Page(page).rows == 0, search
    assert Page(operator.get(f"/admin/{endpoint}/?search=zqhouse")).rows > 0


def test_the_search_box_and_the_sort_offer_nothing_that_is_closed(sign_in):
    for endpoint, ordered in (("user", "email"), ("audit_event", "actor")):
        closed = sign_in(Role.VIEWER).get(f"/admin/{endpoint}/?order={ordered}")
        opened = sign_in(Role.OPERATOR).get(f"/admin/{endpoint}/?order={ordered}")

        assert "be sorted by" in " ".join(Page(closed).messages)
        assert Page(opened).messages == []
        assert f'<option value="{ordered}"' not in closed.text
        assert f'<option value="{ordered}"' in opened.text
        assert "email:" not in closed.text


@pytest.mark.parametrize(("endpoint", "ordered", "kind"), [("session", "user", "user"), ("project", "owner", "owner")])
def test_who_sees_no_address_orders_by_names_and_learns_nothing_of_the_addresses_of_the_nameless(
    make, sign_in, endpoint, ordered, kind
):
    people = [make.user(name=name, email=email) for name, email in PEOPLE]
    made = [
        getattr(make, endpoint)(**{kind: person}, updated_at=NOW - timedelta(hours=place))
        for place, person in enumerate(people)
    ]

    def order(role, asked):
        page = sign_in(role).get(f"/admin/{endpoint}/?order={asked}").text
        return sorted(range(len(made)), key=lambda place: page.index(str(made[place].id)))

    assert order(Role.VIEWER, ordered) == [3, 0, 1, 2, 4]  # Anna, Zoe; of the others the newest first, as is usual
    assert order(Role.VIEWER, f"-{ordered}") in ([1, 2, 4, 0, 3], [0, 3, 1, 2, 4])
    assert order(Role.OPERATOR, ordered) == [3, 0, 4, 2, 1]


PEOPLE = (
    ("Zoe", "z@x.example"),
    (None, "m@x.example"),
    (None, "k@x.example"),
    ("Anna", "b@x.example"),
    (None, "a@x.example"),
)


def test_a_place_of_who_sees_addresses_is_none_of_who_sees_none(make, sign_in):
    for number in range(25):
        make.session(user=make.user(name=f"Person {number:02}"))
    page = sign_in(Role.OPERATOR).get("/admin/session/?order=user&page_size=20").text
    [cursor, *_] = re.findall(r"cursor=([\w.-]+)", page)

    answer = sign_in(Role.VIEWER).get(f"/admin/session/?order=user&page_size=20&cursor={cursor}")

    assert answer.status_code == 200
    assert Page(answer).messages != []


def test_the_palette_finds_people_by_name_and_not_by_address(ana, sign_in):
    viewer, operator = sign_in(Role.VIEWER), sign_in(Role.OPERATOR)

    for words in ("zqhouse", RIGHT):
        assert str(ana.id) not in viewer.get(f"/console/palette/?q={words}").text
        assert str(ana.id) in operator.get(f"/console/palette/?q={words}").text
    assert str(ana.id) in viewer.get("/console/palette/?q=Ana+Ruiz").text


def test_a_shared_view_that_asks_for_an_address_is_out_of_a_viewers_sight(ana, make, sign_in):
    view = make.saved_view(
        owner=ana, is_shared=True, name="Of Ana", arguments=urlencode({"flt0_user_email_equals": RIGHT})
    )

    assert "Of Ana" in sign_in(Role.OPERATOR).get("/console/views/").text
    viewer = sign_in(Role.VIEWER)
    assert "Of Ana" not in viewer.get("/console/views/").text
    assert "zqhouse" not in viewer.get(f"/admin/session/?view={view.id}", follow_redirects=True).text


def test_a_viewers_own_page_says_the_own_address_whole(sign_in, make):
    viewer = make.user(role=Role.VIEWER, email="eve@example.com")

    page = sign_in(user=viewer).get("/admin/user/?flt0_name_equals=" + viewer.name.replace(" ", "+"))

    assert Page(page).column("email") == ["eve@example.com"]


def test_a_member_sees_the_own_answers_and_not_who_put_a_deploy_right(sign_in, make):
    member = make.user(role=Role.MEMBER, email="mia@example.com")
    session = make.session(user=member, survey={"colour": "zqgreen"})
    deploy = make.deploy(session=session, actor=RIGHT)
    browser = sign_in(user=member)

    assert "zqgreen" in browser.get(f"/console/sessions/{session.id}").text
    assert browser.get(f"/api/sessions/{session.id}").json["session"]["metadata"] == {"colour": "zqgreen"}
    assert browser.get(f"/api/deploys/{deploy.id}").json["deploy"]["actor"] == "z•••@•••"

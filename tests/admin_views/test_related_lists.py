"""A record's page says which lists have rows that refer to it, and how many."""

import re

import pytest

from models import Role
from tests.admin_views.conftest import Shelf, Transfer
from tests.admin_views.pages import text_of
from tests.tokens import add_token


def related(answer):
    """What the page says: a list's name, how many, and where they are shown."""
    found = re.search(r'<ul class="related">(.*?)</ul>', answer.text, re.DOTALL)
    items = re.findall(r"<li>(.*?)<b>(.*?)</b></li>", found[1], re.DOTALL) if found else []
    addresses = [re.search(r'href="([^"]*)"', name) for name, _ in items]
    return [
        (text_of(name), number, address and address[1].replace("&amp;", "&"))
        for (name, number), address in zip(items, addresses, strict=True)
    ]


@pytest.fixture
def template(make):
    return make.template()


def test_a_template_leads_to_the_sessions_that_it_was_recommended_to(sign_in, make, template):
    kept = [make.session(recommend_template_id=template.id) for _ in range(2)]
    make.session()
    admin = sign_in(Role.ADMIN)

    [(name, number, address)] = related(admin.get(f"/admin/template/details/?id={template.id}"))

    assert (name, number) == ("Sessions", "2")
    shown = admin.get(address).text
    assert all(str(session.id) in shown for session in kept)
    assert shown.count('<tr role="row"') == 3


def test_what_nothing_refers_to_has_no_links(sign_in, template):
    answer = sign_in(Role.ADMIN).get(f"/admin/template/details/?id={template.id}")

    assert related(answer) == [("Sessions", "0", None)]


def test_lists_that_the_role_does_not_see_are_not_named(sign_in, make, db):
    person = make.user()
    make.session(user=person)
    make.project(owner=person)
    add_token(db, person)
    page = f"/admin/user/details/?id={person.id}"

    def names(role):
        return {name: number for name, number, _ in related(sign_in(role).get(page))}

    assert names(Role.ADMIN) == {"Sessions": "1", "Projects": "1", "API tokens": "1"}
    assert names(Role.VIEWER) == {"Sessions": "1", "Projects": "1"}


def test_a_view_of_ones_own_is_named_for_each_column_that_refers_to_the_record(at_shops, shops, db):
    here, there = shops(name="Here"), shops(name="There")
    db.add_all(Transfer(from_id=here.id, to_id=there.id) for _ in range(2))
    db.flush()
    admin = at_shops(Role.ADMIN)

    found = related(admin.get(f"/admin/shop/details/?id={there.id}"))

    assert found == [
        ("Transfers: From", "0", None),
        ("Transfers: To", "2", f"/admin/transfer/?flt0_to_equals={there.id}"),
    ]
    assert admin.get(found[1][2]).text.count('<tr role="row"') == 3


def test_what_has_a_key_of_two_columns_is_referred_to_by_no_list(at_shops, shops, db):
    db.add(Shelf(shop="Here", number=1))
    db.flush()

    assert related(at_shops(Role.ADMIN).get("/admin/shelf/details/?id=Here,1")) == []

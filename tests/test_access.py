"""Everything is closed until somebody signs in."""

from models import Role


def test_a_visitor_is_sent_to_sign_in_and_comes_back(browser):
    answer = browser.get("/console/")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login?next=/console/"


def test_a_member_sees_the_console(sign_in):
    assert sign_in(Role.MEMBER).get("/console/").status_code == 200

"""A change of SECRET_KEY: what the earlier value signed and sealed goes on, for as long as it is named."""

from datetime import UTC, datetime

import pytest
from flask import session
from flask_wtf.csrf import generate_csrf, validate_csrf
from itsdangerous import BadData

from people import reset_links, signing
from people.second_step import seal
from services.exports import specs
from services.exports.formats import Format
from services.exports.specs import Spec
from services.exports.statement import Statement
from services.second_factors import sealing

EARLIER = "what the secret was before, and long enough"


@pytest.fixture
def before(app_with):
    return app_with(secret_key=EARLIER)


@pytest.fixture
def after(app_with):
    return app_with(older_secret_keys=(EARLIER,))


@pytest.fixture
def without(app_with):
    return app_with()


def cookie_of(app, **content):
    with app.test_request_context():
        return app.session_interface.get_signing_serializer(app).dumps(content)


def test_who_was_signed_in_stays_so_and_gets_a_cookie_of_the_new_key(before, after, without):
    cookie = cookie_of(before, kept="yes")

    with after.test_request_context(headers={"Cookie": f"session={cookie}"}):
        assert session["kept"] == "yes"
    with without.test_request_context(headers={"Cookie": f"session={cookie}"}):
        assert "kept" not in session
    with without.test_request_context(headers={"Cookie": f"session={cookie_of(after, kept='anew')}"}):
        assert session["kept"] == "anew"


def test_what_was_signed_is_read_and_what_is_signed_now_outlives_the_earlier_key(before, after, without):
    with before.test_request_context():
        old = signing.signer("x").dumps("old")
    with after.test_request_context():
        assert signing.signer("x").loads(old) == "old"
        new = signing.timed_signer("x").dumps("new")
    with without.test_request_context():
        assert signing.timed_signer("x").loads(new) == "new"
        with pytest.raises(BadData):
            signing.signer("x").loads(old)


def test_what_is_signed_for_one_thing_is_good_for_no_other_and_no_longer_than_it_says(app):
    with app.app_context():
        signed = signing.timed_signer("x").dumps("content")
        assert signing.timed_signer("x").loads(signed, max_age=60) == "content"
        for other in (signing.timed_signer("y"), signing.signer("x"), signing.timed_signer("wtf-csrf-token")):
            with pytest.raises(BadData):
                other.loads(signed)
        with pytest.raises(BadData):
            signing.timed_signer("x").loads(signed.replace(".", ".A", 1))
        with pytest.raises(BadData):
            signing.timed_signer("x").loads(signed, max_age=-1)


def test_a_form_that_was_open_can_be_sent(before, after):
    with before.test_request_context():
        token, secret = generate_csrf(), session["csrf_token"]
    with after.test_request_context():
        session["csrf_token"] = secret
        validate_csrf(token)


def test_a_link_for_a_new_password_goes_on(db, make, before, after):
    person = make.user()
    make.save()
    with before.test_request_context():
        token = reset_links.link_for(person).rpartition("/")[2]
    with after.test_request_context():
        found = reset_links.find_account(token)
        assert found is not None
        assert found.id == person.id


def test_second_factors_go_on_and_are_sealed_by_the_new_key(before, after, without):
    now = datetime.now(UTC)
    with before.app_context():
        old = sealing.write(seal(), {"key": "ABC"}, now=now)
    with after.app_context():
        assert sealing.read(seal(), old, now=now) == {"key": "ABC"}
        new = sealing.write(seal(), {"key": "DEF"}, now=now)
    with without.app_context():
        assert sealing.read(seal(), new, now=now) == {"key": "DEF"}
        assert sealing.read(seal(), old, now=now) is None


def test_an_export_that_waits_is_made(before, after):
    with before.test_request_context():
        spec = Spec(Statement("SELECT 1", (), False), Format.CSV, "UTC", False)
        waiting = specs.signed(spec, secret_key=signing.keys())
    with after.test_request_context():
        assert specs.read(waiting, secret_key=signing.keys()) == spec

"""Whatever the console or a library of its signs, it signs by a hash that is taken for that."""

from base64 import urlsafe_b64decode

import pytest
from flask import current_app

from people import signing
from services.exports import specs
from tests.admin_views.pages import Page
from tests.client import Browser


def session_cookie(app):
    browser = Browser(app)
    browser.get("/login")
    return browser.client.get_cookie("session").value


def form_token(app):
    return Page(Browser(app).get("/login")).field("csrf_token")


def in_app(make):
    def made(app):
        with app.app_context():
            return make()

    return made


SIGNED = {
    "the session cookie": session_cookie,
    "tokens of forms": form_token,
    "links, cursors and devices": in_app(lambda: signing.signer("a test").dumps("x")),
    "what is good for a time": in_app(lambda: signing.timed_signer("a test").dumps("x")),
    "exports that wait": in_app(lambda: specs._serializer(signing.keys()).dumps("x")),
    "what Flask-Security signs": in_app(lambda: current_app.extensions["security"].reset_serializer.dumps("x")),
}


@pytest.mark.parametrize("what", SIGNED)
def test_signatures_have_the_256_bits_of_sha_256(app, connection, what):
    signature = SIGNED[what](app).rpartition(".")[2]

    assert len(urlsafe_b64decode(signature + "=")) == 32

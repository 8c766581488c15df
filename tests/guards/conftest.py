"""Consoles that are set up otherwise than the tests' usual one."""

from contextlib import ExitStack

import pytest

from app import create_app
from tests.conftest import bound, settings_for


@pytest.fixture
def app_with(app, database_url, connection):
    """Makes an application with other settings on the test's connection: `app_with(public_url=…)`."""
    with ExitStack() as until_the_end:

        def app_with(**settings):
            made = create_app(settings_for(database_url, **settings))
            until_the_end.enter_context(bound(made, connection))
            until_the_end.callback(made.extensions["console_live"].close)
            return made

        yield app_with


@pytest.fixture
def tls_app(app_with):
    """One that people reach over TLS."""
    return app_with(public_url="https://console.example.com", trusted_hosts=("console.example.com", "localhost"))

"""A banner names the place, so that nobody takes production for a try."""

from dataclasses import replace

import pytest

from admin_views import environment


@pytest.fixture
def place(app, monkeypatch):
    """Have the application run in a place of this name."""

    def place(name: str) -> None:
        monkeypatch.setitem(app.jinja_env.globals, "environment", None)
        settings = replace(app.extensions["console_settings"], environment=name)
        monkeypatch.setitem(app.extensions, "console_settings", settings)
        environment.init_app(app)

    return place


def test_a_place_without_a_name_has_no_banner(browser):
    assert 'class="environment' not in browser.get("/login").text


@pytest.mark.parametrize(
    ("name", "tone"), [("production", "danger"), ("Prod EU", "danger"), ("staging", "info"), ("<b>", "info")]
)
def test_the_banner_names_the_place_and_production_is_red(place, browser, sign_in, name, tone):
    place(name)
    shown = name.replace("<b>", "&lt;b&gt;")
    words = f'<div class="environment environment-{tone}" role="note" aria-label="Environment">{shown}</div>'

    assert words in browser.get("/login").text
    assert words in browser.get("/nowhere").text
    assert words in sign_in("viewer").get("/console/").text

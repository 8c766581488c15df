"""Where the tests find their browser, and what they say where there is none."""

import pytest

from tests.browser.chromium import CHOSEN, NoChromiumError, find_chromium


@pytest.fixture
def bare_path(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    """A machine without a browser."""
    monkeypatch.delenv(CHOSEN, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("bare_path")
def test_without_a_browser_one_line_says_what_to_install():
    with pytest.raises(NoChromiumError, match=r"^The browser tests need Chromium, .*apt-get install [^\n]*$"):
        find_chromium()


@pytest.mark.usefixtures("bare_path")
def test_a_browser_that_is_named_and_not_there_is_not_replaced_by_another(monkeypatch):
    monkeypatch.setenv(CHOSEN, "/nowhere/chromium")

    with pytest.raises(NoChromiumError, match=r"CONSOLE_CHROMIUM names '/nowhere/chromium', which is no program"):
        find_chromium()


@pytest.mark.usefixtures("bare_path")
def test_the_one_without_windows_is_preferred(tmp_path):
    for name in ("chromium", "chromium-headless-shell"):
        (tmp_path / name).touch(mode=0o755)

    assert find_chromium() == str(tmp_path / "chromium-headless-shell")

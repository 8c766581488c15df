"""Devices by what their browsers say."""

import pytest

from services.devices import is_mobile, name_of

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"
FIREFOX = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14.6; rv:145.0) Gecko/20100101 Firefox/145.0"


@pytest.mark.parametrize(
    ("said", "name", "mobile"),
    [
        (CHROME, "Chrome on Linux", False),
        (EDGE, "Edge on Windows", False),
        (SAFARI, "Safari on iPhone", True),
        (FIREFOX, "Firefox on macOS", False),
        ("curl/8.14", "Unknown device", False),
        ("<script>Firefox/1</script>", "Firefox", False),
        (None, "Unknown device", False),
    ],
)
def test_a_browser_is_named_with_its_system(said, name, mobile):
    assert (name_of(said), is_mobile(said)) == (name, mobile)

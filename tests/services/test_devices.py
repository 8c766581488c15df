"""Devices by what their browsers say."""

import pytest

from services.devices import name_of

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"
FIREFOX = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14.6; rv:145.0) Gecko/20100101 Firefox/145.0"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (CHROME, "Chrome on Linux"),
        (EDGE, "Edge on Windows"),
        (SAFARI, "Safari on iPhone"),
        (FIREFOX, "Firefox on macOS"),
        ("curl/8.14", "Unknown device"),
        ("<script>Firefox/1</script>", "Firefox"),
        (None, "Unknown device"),
    ],
)
def test_a_browser_is_named_with_its_system(said, name):
    assert name_of(said) == name

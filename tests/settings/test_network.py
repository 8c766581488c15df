"""The settings that concern the network."""

import pytest

from config import ConfigError, Settings
from settings.network import LOOPBACK, OFF, RateLimits
from tests.vaults import HOOK_KEY

URL = "https://console.example.com:8443"


def read(**environ: str) -> Settings:
    return Settings.from_environment({"SECRET_KEY": "k" * 32, "HOOK_KEYS": HOOK_KEY, **environ})


def test_without_them_no_proxy_is_believed_and_the_machine_s_own_names_alone_are_answered():
    settings = read()

    assert (settings.trusted_proxies, settings.trusted_hosts) == ((), LOOPBACK)
    assert (settings.rate_limits, settings.request_time_limit_s) == (RateLimits(), 30)
    assert settings == Settings(secret_key="k" * 32, hook_keys=(HOOK_KEY,))


def test_proxies_are_addresses_and_networks():
    settings = read(TRUSTED_PROXIES="127.0.0.1, 10.1.0.0/16,fd00::/8", PUBLIC_URL=URL)

    assert settings.trusted_proxies == ("127.0.0.1", "10.1.0.0/16", "fd00::/8")


@pytest.mark.parametrize("value", ["proxy.internal", "*", "10.1.0.1/16", "10.1", "127.0.0.1,x"])
def test_what_is_no_network_is_refused(value):
    with pytest.raises(ConfigError, match=r"^TRUSTED_PROXIES must be addresses and networks"):
        read(TRUSTED_PROXIES=value, PUBLIC_URL=URL)


def test_proxies_are_believed_only_where_the_console_knows_its_names():
    with pytest.raises(ConfigError, match=r"^PUBLIC_URL or TRUSTED_HOSTS must be set where TRUSTED_PROXIES is"):
        read(TRUSTED_PROXIES="10.1.0.0/16")

    assert read(TRUSTED_PROXIES="10.1.0.0/16", TRUSTED_HOSTS="console.example.com").trusted_proxies


@pytest.mark.parametrize(
    ("environ", "names"),
    [
        ({"PUBLIC_URL": URL}, ("console.example.com", *LOOPBACK)),
        ({"PUBLIC_URL": "http://[fd00::1]:8000", "HOST": "::"}, ("[fd00::1]", *LOOPBACK)),
        ({"TRUSTED_HOSTS": "a.example, .b.example"}, ("a.example", ".b.example", *LOOPBACK)),
        (
            {"TRUSTED_HOSTS": "a.example", "PUBLIC_URL": URL, "HOST": "0.0.0.0"},  # noqa: S104
            ("a.example", "console.example.com", *LOOPBACK),
        ),
        ({"HOST": "localhost"}, LOOPBACK),
        ({"HOST": "::1"}, LOOPBACK),
        ({"HOST": "10.0.0.5"}, ()),
    ],
)
def test_the_names_of_the_console_are_what_it_is_told_or_those_of_the_machine(environ, names):
    assert read(**environ).trusted_hosts == names


@pytest.mark.parametrize("value", ["*", "https://a.example", "a.example:80", "a b", ".", "ä.example", "a..b"])
def test_what_is_no_name_is_refused(value):
    with pytest.raises(ConfigError, match=r"^TRUSTED_HOSTS must be names without ports"):
        read(TRUSTED_HOSTS=value)


def test_rate_limits_are_changed_one_by_one_or_switched_off():
    assert read(RATE_LIMITS="off").rate_limits == OFF
    assert read(RATE_LIMITS="requests=5, exports=0").rate_limits == RateLimits(requests=5, exports=0)


@pytest.mark.parametrize(
    "value", ["on", "requests", "requests=-1", "requests=1.5", "nothing=5", "requests=1000001", "=5"]
)
def test_what_is_no_rate_limit_is_refused(value):
    with pytest.raises(ConfigError, match=r"^RATE_LIMITS must be off, or numbers"):
        read(RATE_LIMITS=value)

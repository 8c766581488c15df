"""The settings: defaults, limits, and one line for what can't be used."""

import os
import stat
from base64 import b64encode

import pytest
from cryptography.fernet import Fernet

from config import ConfigError, Settings, libpq_url, sqlalchemy_url
from services.deploys.backoff import SCHEDULE_S
from services.deploys.limits import Limits
from tests.vaults import HOOK_KEY

KEY = "k" * 32
OTHER_KEY = Fernet.generate_key().decode()


def read(**environ: str) -> Settings:
    return Settings.from_environment({"SECRET_KEY": KEY, "HOOK_KEYS": HOOK_KEY, **environ})


def test_audit_events_are_kept_for_ever_unless_a_number_of_days_from_30_on_is_set():
    assert read().audit_retention_days == 0
    assert read(AUDIT_RETENTION_DAYS="30").audit_retention_days == 30
    for days in ("29", "36501", "a year"):
        with pytest.raises(ConfigError, match="AUDIT_RETENTION_DAYS must be a whole number from 30"):
            read(AUDIT_RETENTION_DAYS=days)


def test_without_an_environment_the_console_is_on_loopback_with_a_database_of_its_own():
    settings = read()

    assert settings.host == "127.0.0.1"
    assert settings.port == 8000
    assert settings.database_url is None
    assert settings.data_dir.name == ".demo"
    assert settings.default_hook_url is None


def test_an_empty_setting_is_as_good_as_none():
    assert read(PORT="", HOST="", DATABASE_URL="", VERCEL_DEPLOY_HOOK_URL="") == read()


@pytest.mark.parametrize(
    "url", ["postgresql://u@h/d", "postgres://u@h/d", "postgresql+psycopg://u@h/d", "postgresql+psycopg2://u@h/d"]
)
def test_every_way_to_write_a_postgresql_url_means_the_same_driver(url):
    assert sqlalchemy_url(url) == "postgresql+psycopg://u@h/d"
    assert libpq_url(sqlalchemy_url(url)) == "postgresql://u@h/d"


@pytest.mark.parametrize("url", ["mysql://u@h/d", "sqlite:///x.db", "postgresql", "://"])
def test_another_database_is_refused(url):
    with pytest.raises(ConfigError, match="DATABASE_URL must be a PostgreSQL URL"):
        read(DATABASE_URL=url)


@pytest.mark.parametrize("name", ["WEB_DATABASE_URL", "WORKER_DATABASE_URL"])
def test_web_and_worker_may_connect_by_logins_of_their_own(name):
    kept, own = {"DATABASE_URL": "postgresql://owner@localhost/d"}, "postgresql+psycopg://own@localhost/d"

    assert getattr(read(**kept), name.lower()) is None
    assert getattr(read(**kept, **{name: "postgres://own@localhost/d"}), name.lower()) == own
    with pytest.raises(ConfigError, match=f"{name} must be a PostgreSQL URL"):
        read(**kept, **{name: "mysql://own@localhost/d"})
    with pytest.raises(ConfigError, match=f"{name} needs DATABASE_URL"):
        read(**{name: "postgres://own@localhost/d"})


NUMBERS = ["PORT", "WEB_WORKERS", "DEPLOY_CONCURRENCY", "HOST_CONCURRENCY", "HOST_RATE", "PREFER_WAIT_LIMIT"]


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", ["abc", "-1", "99999999", "1.5", " 1", "٣"])
def test_what_is_no_number_in_range_is_refused_by_name(name, value):
    with pytest.raises(ConfigError, match=f"^{name} must be a whole number from "):
        read(**{name: value})


def test_numbers_in_range_are_taken():
    settings = read(PORT="65535", WEB_WORKERS="2", DEPLOY_CONCURRENCY="20", PREFER_WAIT_LIMIT="0")

    assert (settings.port, settings.web_workers) == (65_535, 2)
    assert (settings.deploy_concurrency, settings.prefer_wait_limit_s) == (20, 0)


def test_the_limits_of_hosts_are_settings():
    settings = read(HOST_CONCURRENCY="3", HOST_RATE="1", DEPLOY_BACKOFF="0, 7,604800")

    assert Limits.of(settings) == Limits(host_in_flight=3, host_per_s=1, schedule_s=(0, 7, 604_800))


def test_without_settings_the_limits_are_those_of_delivery_itself():
    assert Limits.of(read()) == Limits()
    assert read().deploy_backoff_s == SCHEDULE_S


@pytest.mark.parametrize(
    "value",
    ["0,", ",", " ", "0;5", "0,-5", "0,1.5", "0,604801", "0,1e3", "0,٣", "soon", "9" * 5_000, ",".join(["1"] * 21)],
    ids=lambda value: value[:24],
)
def test_a_back_off_that_is_no_list_of_waits_is_refused_by_name(value):
    with pytest.raises(ConfigError, match="DEPLOY_BACKOFF must be 1 to 20 whole numbers of seconds"):
        read(DEPLOY_BACKOFF=value)


def test_a_back_off_may_be_one_wait_or_twenty():
    assert read(DEPLOY_BACKOFF="5").deploy_backoff_s == (5,)
    assert len(read(DEPLOY_BACKOFF=",".join(["1"] * 20)).deploy_backoff_s) == 20


@pytest.mark.parametrize("url", ["ftp://h/x", "hooks.example.com", "javascript:x"])
def test_a_default_hook_that_is_no_web_address_is_refused_without_being_shown(url):
    with pytest.raises(ConfigError) as refusal:
        read(VERCEL_DEPLOY_HOOK_URL=url)

    assert url not in str(refusal.value)


def test_secrets_are_not_in_the_settings_text():
    settings = read(DATABASE_URL="postgresql://u:secret@localhost/d", VERCEL_DEPLOY_HOOK_URL="https://h/hook-secret")

    assert "secret@" not in repr(settings)
    assert "hook-secret" not in repr(settings)
    assert KEY not in repr(settings)
    assert HOOK_KEY not in repr(settings)


def test_earlier_secrets_are_taken_beside_the_present_one():
    earlier = ("e" * 32, "f" * 40)

    settings = Settings.from_environment({"SECRET_KEY": "k" * 32, "SECRET_KEY_FALLBACKS": ", ".join(earlier)})

    assert settings.older_secret_keys == earlier
    assert settings.signing_keys == ("f" * 40, "e" * 32, "k" * 32)


@pytest.mark.parametrize(
    "environ", [{"SECRET_KEY_FALLBACKS": "e" * 32}, {"SECRET_KEY": "k" * 32, "SECRET_KEY_FALLBACKS": "short"}]
)
def test_earlier_secrets_need_a_present_one_and_are_long_enough(environ):
    with pytest.raises(ConfigError, match="SECRET_KEY"):
        Settings.from_environment(environ)


def test_a_short_secret_key_is_refused():
    with pytest.raises(ConfigError, match="at least 32 characters"):
        Settings.from_environment({"SECRET_KEY": "short", "HOOK_KEYS": HOOK_KEY})


def test_a_named_database_needs_a_named_key():
    with pytest.raises(ConfigError, match="SECRET_KEY must be set where DATABASE_URL is"):
        Settings.from_environment({"DATABASE_URL": "postgresql://u@localhost/d"})


def test_a_key_is_made_once_kept_and_readable_by_its_owner_only(tmp_path):
    folder = str(tmp_path / "new")
    first = Settings.from_environment({"CONSOLE_DATA_DIR": folder})
    second = Settings.from_environment({"CONSOLE_DATA_DIR": folder})

    assert len(first.secret_key) >= 32
    assert second.secret_key == first.secret_key
    assert stat.S_IMODE(os.stat(tmp_path / "new" / "secret_key").st_mode) == 0o600


def test_a_named_database_needs_named_keys_for_hooks():
    with pytest.raises(ConfigError, match="HOOK_KEYS must be set where DATABASE_URL is"):
        read(DATABASE_URL="postgresql://u@localhost/d", HOOK_KEYS="")


def test_keys_for_hooks_are_made_once_kept_and_readable_by_their_owner_only(tmp_path):
    folder = str(tmp_path / "new")
    first, second = (read(CONSOLE_DATA_DIR=folder, HOOK_KEYS="").hook_keys for _ in range(2))

    assert first == second
    assert Fernet(first[0])
    assert stat.S_IMODE(os.stat(tmp_path / "new" / "hook_keys").st_mode) == 0o600


def test_several_keys_for_hooks_are_named_newest_first():
    assert read(HOOK_KEYS=f" {HOOK_KEY}, {OTHER_KEY},").hook_keys == (HOOK_KEY, OTHER_KEY)


@pytest.mark.parametrize("key", ["short", "é" * 44, "A" * 40])
def test_what_is_no_key_for_hooks_is_refused_by_its_place_and_not_shown(key):
    with pytest.raises(ConfigError, match="number 2 is not") as refusal:
        read(HOOK_KEYS=f"{HOOK_KEY},{key}")

    assert key not in str(refusal.value)
    assert HOOK_KEY not in str(refusal.value)


def test_an_empty_key_file_is_refused(tmp_path):
    (tmp_path / "secret_key").touch()

    with pytest.raises(ConfigError, match="is empty"):
        Settings.from_environment({"CONSOLE_DATA_DIR": str(tmp_path)})


def test_a_data_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(ConfigError, match="can't be used"):
        Settings.from_environment({"CONSOLE_DATA_DIR": str(tmp_path / "file")})


def test_without_settings_hooks_are_public_on_the_webs_ports_and_unsigned():
    settings = read(HOOK_PORTS="", EGRESS_ALLOW="", WEBHOOK_SECRETS="")

    assert (settings.hook_ports, settings.egress_allow, settings.webhook_secrets) == ((80, 443), (), ())


def test_hook_ports_are_taken_as_they_are_listed():
    assert read(HOOK_PORTS="443, 8443,").hook_ports == (443, 8443)


@pytest.mark.parametrize("value", ["0", "65536", "https", "-1", "80-90", "80;443", "٣", "9" * 40])
def test_what_is_no_port_is_refused(value):
    with pytest.raises(ConfigError, match=r"^HOOK_PORTS must be ports from 1 to 65,535 .*\.$"):
        read(HOOK_PORTS=value)


@pytest.mark.parametrize(
    ("item", "opening"),
    [
        ("hooks.internal", ("hooks.internal", None)),
        ("*.internal", ("*.internal", None)),
        ("localhost:8080", ("localhost", 8080)),
        ("10.1.0.0/16", ("10.1.0.0/16", None)),
        ("127.0.0.1:8011", ("127.0.0.1", 8011)),
        ("::1", ("::1", None)),
        ("[::1]:8011", ("::1", 8011)),
        ("[fd00::/8]:8080", ("fd00::/8", 8080)),
    ],
)
def test_names_and_networks_are_opened_on_one_port_or_any(item, opening):
    assert read(EGRESS_ALLOW=f" {item} ,").egress_allow == (opening,)


@pytest.mark.parametrize(
    "item",
    [
        *("*", "*.", "http://x/", "x/24", "10.0.0.1/8", "127.1", "0x7f.1", "x:0", "x:99999", "x:", "[::1", "[::1]x"),
        *("é.com", "a b", "a..b", "x\ny", "-x.com", "a" * 254),
    ],
)
def test_what_is_neither_name_nor_network_is_refused_in_one_line(item):
    with pytest.raises(ConfigError, match=r"^EGRESS_ALLOW must be host names and networks") as refusal:
        read(EGRESS_ALLOW=f"hooks.internal,{item}")

    assert "\n" not in refusal.value.message


def secret_of(length: int) -> str:
    return f"whsec_{b64encode(bytes(length)).decode()}"


def test_webhook_secrets_are_taken_with_or_without_their_padding_and_kept_out_of_texts():
    secrets = (secret_of(24), secret_of(32), secret_of(64).rstrip("="))

    settings = read(WEBHOOK_SECRETS=", ".join(secrets))

    assert settings.webhook_secrets == secrets
    assert not any(secret.removeprefix("whsec_").strip("=") in repr(settings) for secret in secrets)


@pytest.mark.parametrize(
    "secret", [secret_of(23), secret_of(65), "whsec_", "whsec_ab!d" * 8, "c2VjcmV0" * 6, "whsec_é"]
)
def test_what_is_no_webhook_secret_is_refused_by_its_place_and_not_shown(secret):
    with pytest.raises(ConfigError, match=r"^WEBHOOK_SECRETS must be .* number 2 is not\.$") as refusal:
        read(WEBHOOK_SECRETS=f"{secret_of(32)},{secret}")

    assert secret.removeprefix("whsec_") == "" or secret not in refusal.value.message


def test_a_place_may_have_a_name():
    assert read().environment == ""
    assert read(ENVIRONMENT=" production ").environment == "production"


@pytest.mark.parametrize("name", ["x" * 41, "two\nlines", "\x1b[31m"])
def test_a_name_that_no_banner_can_show_stops_the_start(name):
    with pytest.raises(ConfigError, match=r"^ENVIRONMENT must be a name of at most 40 letters"):
        read(ENVIRONMENT=name)

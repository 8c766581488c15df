"""What leaves this machine on its way to the database is encrypted, or somebody has said otherwise."""

import pytest

from config import ConfigError, Settings
from settings.database import OpenWay, open_way
from tests.vaults import HOOK_KEY

FAR = "postgresql://u:a-password@db.internal/d"


def read(**environ: str) -> Settings:
    return Settings.from_environment({"SECRET_KEY": "k" * 32, "HOOK_KEYS": HOOK_KEY, **environ})


@pytest.mark.parametrize("name", ["DATABASE_URL", "WEB_DATABASE_URL", "WORKER_DATABASE_URL"])
@pytest.mark.parametrize("said", ["", "?sslmode=prefer", "?sslmode=allow", "?sslmode=wrong"])
def test_a_way_that_falls_back_to_what_anybody_reads_is_refused_without_its_password(name, said):
    urls = {"DATABASE_URL": "postgresql://u@localhost/d", name: FAR + said}

    with pytest.raises(ConfigError, match=f"^{name} must say how the way to db.internal is encrypted") as refusal:
        read(**urls)

    assert "a-password" not in str(refusal.value)


@pytest.mark.parametrize("mode", ["verify-full", "verify-ca", "require", "disable"])
def test_what_somebody_chose_is_taken_in_the_url_or_beside_it(mode):
    assert read(DATABASE_URL=f"{FAR}?sslmode={mode}").database_url
    assert read(DATABASE_URL=FAR, PGSSLMODE=mode).database_url


def test_what_the_url_says_counts_and_not_what_is_said_beside_it():
    with pytest.raises(ConfigError, match="DATABASE_URL must say how"):
        read(DATABASE_URL=f"{FAR}?sslmode=prefer", PGSSLMODE="verify-full")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///d",
        "postgresql:///d?host=/run/postgresql",
        "postgresql://u@%2Frun%2Fpostgresql/d",
        "postgresql://localhost/d",
        "postgresql://127.0.0.1:5433/d",
        "postgresql://[::1]/d",
        "postgresql://db.internal/d?hostaddr=127.0.0.1",
    ],
)
def test_what_stays_on_this_machine_needs_no_encryption(url):
    assert open_way(url, {}) is None


@pytest.mark.parametrize(
    ("url", "environ", "host"),
    [
        ("postgresql://localhost,db.internal/d", {}, "db.internal"),
        ("postgresql:///d?host=db.internal", {}, "db.internal"),
        ("postgresql://localhost/d?hostaddr=192.0.2.7", {}, "192.0.2.7"),
        ("postgresql:///d", {"PGHOST": "db.internal"}, "db.internal"),
        ("postgresql:///d", {"PGHOSTADDR": "192.0.2.7"}, "192.0.2.7"),
        ("postgresql:///d?service=main", {}, "the service main"),
        ("postgresql:///d", {"PGSERVICE": "main"}, "the service main"),
        ("postgresql+psycopg://db.internal/d", {}, "db.internal"),
    ],
)
def test_each_way_to_name_another_machine_is_known(url, environ, host):
    assert open_way(url, environ) == OpenWay(host, "prefer")


def test_a_url_that_the_library_can_not_read_is_refused_without_being_shown():
    with pytest.raises(ConfigError, match="no URL that PostgreSQL's own library can read") as refusal:
        read(DATABASE_URL="postgresql://u:a-password@db.internal/d?nonsense=1")

    assert "a-password" not in str(refusal.value)

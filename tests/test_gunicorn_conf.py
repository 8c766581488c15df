"""Web's server: where it listens, and one line for a setting that can't be used."""

import gc
import logging
import resource
import runpy
from types import SimpleNamespace

import pytest

from config import ROOT
from log_lines import Lines
from services.live.hub import LISTENERS
from tests.vaults import HOOK_KEY


def read(monkeypatch: pytest.MonkeyPatch, **environ: str) -> dict:
    for name in ("DATABASE_URL", "HOST", "PORT", "WEB_WORKERS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ({"SECRET_KEY": "k" * 32, "HOOK_KEYS": HOOK_KEY} | environ).items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(ROOT / "gunicorn.conf.py"))


def test_it_listens_on_loopback_only_unless_told_otherwise(monkeypatch):
    assert read(monkeypatch)["bind"] == ["127.0.0.1:8000"]


@pytest.mark.parametrize(("host", "bind"), [("10.0.0.5", "10.0.0.5:8123"), ("::1", "[::1]:8123")])
def test_host_and_port_are_honoured(monkeypatch, host, bind):
    assert read(monkeypatch, HOST=host, PORT="8123")["bind"] == [bind]


def test_a_setting_that_cannot_be_used_is_one_line(monkeypatch):
    with pytest.raises(SystemExit) as refusal:
        read(monkeypatch, PORT="abc")

    assert refusal.value.code == "PORT must be a whole number from 1 to 65,535, not 'abc'."


def test_there_is_room_for_requests_beside_as_many_listeners_as_there_may_be(monkeypatch):
    settings = read(monkeypatch)

    assert settings["worker_connections"] >= LISTENERS + 500
    assert settings["FILES"] > settings["worker_connections"]


def test_gunicorn_itself_believes_no_proxy_whatever_the_console_does(monkeypatch):
    named = {"TRUSTED_PROXIES": "127.0.0.1", "PUBLIC_URL": "https://console.example.com"}
    settings = read(monkeypatch, FORWARDED_ALLOW_IPS="*", **named)

    assert settings["forwarded_allow_ips"] == settings["forwarder_headers"] == ""
    assert settings["secure_scheme_headers"] == {}


def test_slow_requests_end_by_the_setting(monkeypatch):
    assert read(monkeypatch)["keepalive"] == 30
    assert read(monkeypatch, REQUEST_TIME_LIMIT="7")["keepalive"] == 7


@pytest.mark.parametrize("before", [1_024, 18_000])
def test_a_low_limit_of_open_files_is_raised_and_a_high_one_left(monkeypatch, before):
    known, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = most if most != resource.RLIM_INFINITY else 1_000_000
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(before, allowed), most))
        files = read(monkeypatch)["FILES"]
        now, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (known, most))

    assert now == max(min(before, allowed), min(files, allowed))


def test_the_application_is_kept_from_the_collector_and_logs_lines_and_what_is_measured_beside_it_does_not(monkeypatch):
    began = read(monkeypatch)["post_worker_init"]
    live = SimpleNamespace(end_when=lambda has_ended: None)
    frozen, thresholds = gc.get_freeze_count(), gc.get_threshold()
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    try:
        began(SimpleNamespace(wsgi=SimpleNamespace(extensions={"console_live": live}), age=1))
        assert gc.get_threshold() == thresholds

        console = {"console_live": live, "console_settings": object()}
        began(SimpleNamespace(wsgi=SimpleNamespace(extensions=console), age=2))
        assert gc.get_freeze_count() > frozen
        assert gc.get_threshold()[0] > thresholds[0]
        assert [type(handler.formatter) for handler in logging.getLogger().handlers] == [Lines]
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)

"""The settings that concern people."""

import pytest

from config import ConfigError, Settings
from settings.people import MailServer
from tests.vaults import HOOK_KEY

NEEDED = {"MAIL_FROM": "console@example.com", "PUBLIC_URL": "https://console.example.com"}


def read(**environ: str) -> Settings:
    return Settings.from_environment({"SECRET_KEY": "k" * 32, "HOOK_KEYS": HOOK_KEY, **environ})


def test_without_them_no_mail_is_sent_and_sign_ins_last_as_long_as_the_standard_says():
    settings = read()

    assert (settings.mail_server, settings.mail_from, settings.public_url) == (None, None, None)
    assert (settings.sign_in_idle_minutes, settings.sign_in_hours) == (60, 24)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.com", MailServer("mail.example.com", 587, False)),
        ("smtps://mail.example.com", MailServer("mail.example.com", 465, True)),
        ("smtp://ana%40x:p%3Aw@127.0.0.1:2525", MailServer("127.0.0.1", 2525, False, "ana@x", "p:w")),
    ],
)
def test_a_mail_server_is_read_from_its_url(url, server):
    assert read(SMTP_URL=url, **NEEDED).mail_server == server


@pytest.mark.parametrize(
    "url", ["mail.example.com", "https://mail.example.com", "smtp://", "smtp://h:99999", "smtp://["]
)
def test_what_is_no_mail_server_is_refused_without_repeating_its_password(url):
    with pytest.raises(ConfigError, match=r"^SMTP_URL must be such as"):
        read(SMTP_URL=url, **NEEDED)


@pytest.mark.parametrize("missing", NEEDED)
def test_mail_needs_a_sender_and_a_place_that_its_links_lead_to(missing):
    with pytest.raises(ConfigError, match="must be set where SMTP_URL is"):
        read(SMTP_URL="smtp://mail.example.com", **{name: value for name, value in NEEDED.items() if name != missing})


@pytest.mark.parametrize(
    "url", ["console.example.com", "ftp://x", "https://", "https://u@x", "https://x/?a", "https://x\n"]
)
def test_what_is_no_address_of_a_site_is_refused(url):
    with pytest.raises(ConfigError, match=r"^PUBLIC_URL must be where people reach the console"):
        read(PUBLIC_URL=url + "y" * url.endswith("\n"))


def test_the_slash_at_the_end_of_the_public_address_is_no_part_of_it():
    assert read(PUBLIC_URL="https://example.com/console/").public_url == "https://example.com/console"


@pytest.mark.parametrize("address", ["console", "@x", "a@", "a b@x", "a@x\r\nBcc: b@x"])
def test_what_is_no_sender_is_refused(address):
    with pytest.raises(ConfigError, match=r"^MAIL_FROM must be an e-mail address"):
        read(MAIL_FROM=address)


@pytest.mark.parametrize("name", ["SIGN_IN_IDLE_MINUTES", "SIGN_IN_HOURS"])
@pytest.mark.parametrize("value", ["0", "x", "1000000"])
def test_how_long_sign_ins_last_is_a_number_in_range(name, value):
    with pytest.raises(ConfigError, match=rf"^{name} must be a whole number"):
        read(**{name: value})


def test_a_file_of_breached_passwords_is_taken_as_the_downloader_writes_it(tmp_path):
    path = tmp_path / "pwned.txt"
    path.write_bytes(b"000000005AD76BD555C1D6D771DE417A4B87E4B4:10\r\n00000000A8DAE4228F821FB418F59826079BF368:4\r\n")

    assert read(BREACHED_PASSWORDS=str(path)).breached_passwords == path
    assert read().breached_passwords is None


@pytest.mark.parametrize(
    "content", [None, b"", b"password\nqwerty\n", b"005AD76BD555C1D6D771DE417A4B87E4B4:10\n", b"\xff" * 99]
)
def test_what_is_no_such_file_is_refused(tmp_path, content):
    path = tmp_path / "pwned.txt"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ConfigError, match=r"^BREACHED_PASSWORDS "):
        read(BREACHED_PASSWORDS=str(path))

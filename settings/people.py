"""The settings that concern people: where they reach the console, and how mail reaches them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

_BREACHED = re.compile(rb"[0-9A-Fa-f]{40}:\d+\s*$")


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over."""

    host: str
    port: int
    is_tls: bool
    """TLS from the first byte; otherwise STARTTLS, without which only a server on this machine is given anything."""
    user: str | None = None
    password: str | None = None


def public_url(environ: Mapping[str, str]) -> str | None:
    """`PUBLIC_URL`, without a slash at its end.

    Raises:
        ValueError: it is no address of a site.
    """
    url = environ.get("PUBLIC_URL", "").strip().rstrip("/")
    parts = _split(url)
    if url and (parts is None or parts.scheme not in ("http", "https") or parts.query or parts.fragment or "@" in url):
        raise ValueError("PUBLIC_URL must be where people reach the console, such as https://console.example.com.")
    return url or None


def mail_server(environ: Mapping[str, str]) -> MailServer | None:
    """`SMTP_URL`, taken apart; None where no mail is sent.

    Raises:
        ValueError: it can't be used, or what it needs is missing.
    """
    url = environ.get("SMTP_URL", "").strip()
    if not url:
        return None
    parts = _split(url)
    if parts is None or parts.scheme not in ("smtp", "smtps") or parts.path.strip("/") or parts.query:
        raise ValueError("SMTP_URL must be such as smtp://user:password@mail.example.com:587, or smtps://… for TLS.")
    if not (environ.get("MAIL_FROM") and environ.get("PUBLIC_URL")):
        raise ValueError("MAIL_FROM and PUBLIC_URL must be set where SMTP_URL is: mails name both.")
    is_tls = parts.scheme == "smtps"
    user, password = (None if part is None else unquote(part) for part in (parts.username, parts.password))
    return MailServer(str(parts.hostname), parts.port or (465 if is_tls else 587), is_tls, user, password)


def mail_from(environ: Mapping[str, str]) -> str | None:
    """`MAIL_FROM`.

    Raises:
        ValueError: it is no address.
    """
    address = environ.get("MAIL_FROM", "").strip()
    name, at, host = address.rpartition("@")
    if address and not (at and name and host and address.isprintable() and " " not in address):
        raise ValueError("MAIL_FROM must be an e-mail address, such as console@example.com.")
    return address or None


def breached_passwords(environ: Mapping[str, str]) -> Path | None:
    """`BREACHED_PASSWORDS`; None where none is named.

    Raises:
        ValueError: it can't be read.
    """
    name = environ.get("BREACHED_PASSWORDS", "").strip()
    if not name:
        return None
    path = Path(name)
    try:
        with path.open("rb") as file:
            first = file.readline(80)
    except (OSError, ValueError) as error:
        raise ValueError(f"BREACHED_PASSWORDS can't be read: {getattr(error, 'strerror', error)}.") from error
    if not _BREACHED.match(first):
        raise ValueError(
            "BREACHED_PASSWORDS must be a file of SHA-1 hashes in their order, each a line such as "
            "000000005AD76BD555C1D6D771DE417A4B87E4B4:4, as haveibeenpwned’s downloader writes it."
        )
    return path


def _split(url: str) -> SplitResult | None:
    """The URL taken apart; None where it names no host or no port that there can be."""
    try:
        parts = urlsplit(url)
        return parts if parts.hostname and (parts.port is None or parts.port > 0) and url.isprintable() else None
    except ValueError:
        return None

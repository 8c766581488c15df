"""The settings that concern people: where they reach the console, and how mail reaches them."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over."""

    host: str
    port: int
    is_tls: bool
    """TLS from the first byte; otherwise STARTTLS where the server offers it, and always before a password."""
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


def _split(url: str) -> SplitResult | None:
    """The URL taken apart; None where it names no host or no port that there can be."""
    try:
        parts = urlsplit(url)
        return parts if parts.hostname and (parts.port is None or parts.port > 0) and url.isprintable() else None
    except ValueError:
        return None

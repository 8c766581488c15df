"""Mail, where the settings name a server: handed over in the background, so that no answer waits for it."""

import logging
import smtplib
import ssl
import threading
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

from flask import Flask, current_app, render_template

from config import Settings
from settings.network import is_loopback
from settings.people import MailServer

log = logging.getLogger("console.mail")

TIMEOUT_S = 10
"""For each step of handing a mail over."""


def is_on() -> bool:
    """Whether mail is sent at all."""
    return _settings(current_app).mail_server is not None


def send_later(to: str, subject: str, template: str, **known: Any) -> None:
    """Hand a mail over as soon as may be; a failure is logged, without whom it was for.

    Args:
        template: its text, of `templates/mail/`.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    in_background(lambda: _send(app, to, subject, template, known))


def in_background(act: Callable[[], None]) -> None:
    """Do it beside the request, which goes on at once."""
    threading.Thread(target=act, name="mail", daemon=True).start()


def tell_of_new_password(account: Any) -> None:
    """Tell somebody that their password is another, in case it was not they who changed it."""
    if is_on():
        send_later(account.email, "Your password was changed", "password_changed.txt", email=account.email)


def _send(app: Flask, to: str, subject: str, template: str, known: dict[str, Any]) -> None:
    settings = _settings(app)
    if settings.mail_server is None:
        return
    try:
        with app.app_context():
            text = render_template(f"mail/{template}", public_url=settings.public_url, **known)
        _hand_over(settings.mail_server, _message(settings.mail_from or "", to, subject, text))
    except (OSError, ValueError, smtplib.SMTPException) as error:
        log.error("A mail was not sent (%s): %s", type(error).__name__, subject)


def _message(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, f"{subject} · Operations Console"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nothing answers it by itself
    message.set_content(text)
    return message


def _hand_over(server: MailServer, message: EmailMessage) -> None:
    """Over TLS: neither a password nor a link that opens an account leaves this machine in the clear."""
    trusted = ssl.create_default_context()
    if server.is_tls:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=trusted)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    with connection as smtp:
        smtp.ehlo()
        if not server.is_tls and (smtp.has_extn("starttls") or server.user or not is_loopback(server.host)):
            smtp.starttls(context=trusted)
        if server.user:
            smtp.login(server.user, server.password or "")
        smtp.send_message(message)


def _settings(app: Flask) -> Settings:
    settings: Settings = app.extensions["console_settings"]
    return settings

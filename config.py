"""Every knob of the console, with its unit and default, read once from the environment."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from click import ClickException

from settings import database, keys, network, people, provider
from settings.items import items
from settings.network import RateLimits
from settings.people import MailServer
from settings.provider import ProviderSettings

ROOT = Path(__file__).resolve().parent
BACKOFF_LIMIT = 20
"""Attempts that a back-off schedule may have."""
WAIT_LIMIT_S = 7 * 86_400
"""Seconds that one wait may last."""
ENVIRONMENT_LIMIT = 40
"""Letters that the name of an environment may have, so that the banner stays one line."""

Value = TypeVar("Value")
_NAME = re.compile(r"(\*\.)?([a-z0-9_]([a-z0-9_-]*[a-z0-9])?\.)*(?!0x|\d+\.?$)[a-z0-9_]([a-z0-9_-]*[a-z0-9])?\.?", re.I)


class ConfigError(ClickException):
    """A setting can't be used; the message is one line that says which and why, and all that `flask …` prints of it."""


@dataclass(frozen=True)
class Settings:
    """What the environment says, checked."""

    database_url: str | None = field(default=None, repr=False)
    """`DATABASE_URL`: any PostgreSQL ≥ 14; unset, the console starts one of its own under `.demo/`."""
    web_database_url: str | None = field(default=None, repr=False)
    """`WEB_DATABASE_URL`: what web connects by, where that is not DATABASE_URL, which the owner of the tables has."""
    worker_database_url: str | None = field(default=None, repr=False)
    """`WORKER_DATABASE_URL`: the same of the worker."""
    secret_key: str = field(default="", repr=False)
    """`SECRET_KEY`: signs cookies and tokens; needed with DATABASE_URL, else made and kept in `.demo/`."""
    older_secret_keys: tuple[str, ...] = field(default=(), repr=False)
    """`SECRET_KEY_FALLBACKS`: what SECRET_KEY was before, the newest first; what it signed is still read."""
    hook_keys: tuple[str, ...] = field(default=(), repr=False)
    """`HOOK_KEYS`: what hooks are encrypted with, the newest first; needed with DATABASE_URL, else made and kept."""
    host: str = "127.0.0.1"
    """`HOST`: the address on which web listens."""
    port: int = 8000
    """`PORT`: the TCP port on which web listens."""
    web_workers: int = 1
    """`WEB_WORKERS`: gunicorn processes."""
    default_hook_url: str | None = field(default=None, repr=False)
    """`VERCEL_DEPLOY_HOOK_URL`: called where neither the request nor the session names a hook. A credential."""
    deploy_concurrency: int = 100
    """`DEPLOY_CONCURRENCY`: POSTs under way in one worker."""
    deploy_backoff_s: tuple[int, ...] = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 36_000)
    """`DEPLOY_BACKOFF`: seconds before each attempt of a deploy, ± 20 %; after the last one it is dead-lettered."""
    host_concurrency: int = 10
    """`HOST_CONCURRENCY`: POSTs under way at one host, of all workers."""
    host_rate: int = 50
    """`HOST_RATE`: POSTs a second to one host, of all workers."""
    hook_ports: tuple[int, ...] = (80, 443)
    """`HOOK_PORTS`: the ports that hooks may have, where EGRESS_ALLOW opens no other."""
    egress_allow: tuple[tuple[str, int | None], ...] = ()
    """`EGRESS_ALLOW`: names and networks, each with a port or None for any, that may be called though not public."""
    webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    """`WEBHOOK_SECRETS`: what each POST is signed with, once by each."""
    prefer_wait_limit_s: int = 20
    """`PREFER_WAIT_LIMIT`: the longest that the API waits for a first attempt, in seconds."""
    audit_retention_days: int = 0
    """`AUDIT_RETENTION_DAYS`: days after which audit events are removed; 0, the default, keeps them for ever."""
    environment: str = ""
    """`ENVIRONMENT`: the name that a banner on each page shows, so that nobody takes one place for another."""
    public_url: str | None = None
    """`PUBLIC_URL`: where people reach the console, as links in mails and on terminals name it."""
    trusted_proxies: tuple[str, ...] = ()
    """`TRUSTED_PROXIES`: addresses and networks whose `X-Forwarded-…` are believed."""
    trusted_hosts: tuple[str, ...] = network.LOOPBACK
    """`TRUSTED_HOSTS`, with the host of PUBLIC_URL: the names that requests may ask for; none: any."""
    rate_limits: RateLimits = field(default_factory=RateLimits)
    """`RATE_LIMITS`: how many requests a minute there may be, by what they ask for."""
    request_time_limit_s: int = 30
    """`REQUEST_TIME_LIMIT`: seconds in which a request's headers, and then its body, have to arrive."""
    sign_in_idle_minutes: int = 60
    """`SIGN_IN_IDLE_MINUTES`: after how long without use a sign-in ends (NIST SP 800-63B-4, 2.2.3: an hour)."""
    sign_in_hours: int = 24
    """`SIGN_IN_HOURS`: after how long it ends in any case (the same: 24 hours)."""
    mail_server: MailServer | None = field(default=None, repr=False)
    """`SMTP_URL`: where mail is handed over; unset, none is sent."""
    mail_from: str | None = None
    """`MAIL_FROM`: the sender of mails."""
    breached_passwords: Path | None = None
    """`BREACHED_PASSWORDS`: a file of passwords that were in breaches, which none here may be."""
    provider: ProviderSettings | None = field(default=None, repr=False)
    """`OIDC_…`: the OpenID provider that people may sign in by."""
    data_dir: Path = ROOT / ".demo"
    """`CONSOLE_DATA_DIR`: where the console's own PostgreSQL, its secret key and the demo's logs live."""

    @property
    def signing_keys(self) -> tuple[str, ...]:
        """What may have signed something, in the order that itsdangerous asks for: by the last one it signs."""
        return (*reversed(self.older_secret_keys), self.secret_key)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read and check the environment.

        Raises:
            ConfigError: a value can't be used.
        """
        data_dir = Path(environ.get("CONSOLE_DATA_DIR") or ROOT / ".demo").resolve()
        return cls(
            database_url=database_url(environ),
            web_database_url=_login_url(environ, "WEB_DATABASE_URL"),
            worker_database_url=_login_url(environ, "WORKER_DATABASE_URL"),
            secret_key=_checked(_keys(keys.secret_key, data_dir), environ),
            older_secret_keys=_checked(keys.older_secret_keys, environ),
            hook_keys=_checked(_keys(keys.hook_keys, data_dir), environ),
            host=environ.get("HOST") or cls.host,
            port=_number(environ, "PORT", cls.port, most=65_535),
            web_workers=_number(environ, "WEB_WORKERS", cls.web_workers, most=64),
            default_hook_url=_hook_url(environ),
            deploy_concurrency=_number(environ, "DEPLOY_CONCURRENCY", cls.deploy_concurrency, least=20, most=1_000),
            deploy_backoff_s=_seconds(environ, "DEPLOY_BACKOFF", cls.deploy_backoff_s),
            host_concurrency=_number(environ, "HOST_CONCURRENCY", cls.host_concurrency, most=1_000),
            host_rate=_number(environ, "HOST_RATE", cls.host_rate, most=10_000),
            hook_ports=_ports(environ) or cls.hook_ports,
            egress_allow=tuple(_opening(item) for item in items(environ, "EGRESS_ALLOW")),
            webhook_secrets=_checked(keys.webhook_secrets, environ),
            prefer_wait_limit_s=_number(environ, "PREFER_WAIT_LIMIT", cls.prefer_wait_limit_s, least=0, most=60),
            audit_retention_days=_number(environ, "AUDIT_RETENTION_DAYS", 0, least=30, most=36_500),
            environment=_environment(environ),
            public_url=_checked(people.public_url, environ),
            trusted_proxies=_checked(network.trusted_proxies, environ),
            trusted_hosts=_checked(_trusted_hosts, environ),
            rate_limits=_checked(network.rate_limits, environ),
            request_time_limit_s=_number(environ, "REQUEST_TIME_LIMIT", cls.request_time_limit_s, most=300),
            sign_in_idle_minutes=_number(
                environ, "SIGN_IN_IDLE_MINUTES", cls.sign_in_idle_minutes, least=5, most=43_200
            ),
            sign_in_hours=_number(environ, "SIGN_IN_HOURS", cls.sign_in_hours, most=720),
            mail_server=_checked(people.mail_server, environ),
            mail_from=_checked(people.mail_from, environ),
            breached_passwords=_checked(people.breached_passwords, environ),
            provider=_checked(provider.provider, environ),
            data_dir=data_dir,
        )


def _checked(read: Callable[[Mapping[str, str]], Value], environ: Mapping[str, str]) -> Value:
    try:
        return read(environ)
    except ValueError as error:
        raise ConfigError(str(error)) from error


def _keys(read: Callable[..., Value], data_dir: Path) -> Callable[[Mapping[str, str]], Value]:
    """Keys that are to be set where the database is; where the console brings that along, it makes them too."""
    return lambda environ: read(environ, data_dir, needed=bool(environ.get("DATABASE_URL")))


def _trusted_hosts(environ: Mapping[str, str]) -> tuple[str, ...]:
    host, public_url = environ.get("HOST") or Settings.host, people.public_url(environ)
    return network.trusted_hosts(environ, host=host, public_url=public_url)


def _login_url(environ: Mapping[str, str], name: str) -> str | None:
    if environ.get(name) and not environ.get("DATABASE_URL"):
        raise ConfigError(f"{name} needs DATABASE_URL, by which migrations and commands connect to the same database.")
    return database_url(environ, name)


def database_url(environ: Mapping[str, str], name: str = "DATABASE_URL") -> str | None:
    """The URL that the setting `name` holds, with the driver that the console uses; None where it holds none.

    Raises:
        ConfigError: it is no PostgreSQL URL, or does not say how the way there is encrypted.
    """
    url = environ.get(name)
    return _checked(partial(database.closed_way, sqlalchemy_url(url, name=name), name), environ) if url else None


def sqlalchemy_url(url: str, *, name: str = "DATABASE_URL") -> str:
    """The URL with the driver that the console uses.

    Args:
        name: the setting that it comes from.

    Raises:
        ConfigError: it is no PostgreSQL URL.
    """
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.partition("+")[0] not in ("postgresql", "postgres"):
        raise ConfigError(f"{name} must be a PostgreSQL URL, such as postgresql://user@host/database.")
    return f"postgresql+psycopg://{rest}"


def libpq_url(url: str) -> str:
    """The URL as psycopg itself reads it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _number(environ: Mapping[str, str], name: str, default: int, *, least: int = 1, most: int) -> int:
    value = environ.get(name)
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise ConfigError(f"{name} must be a whole number from {least} to {most:,}, not {value!r}.")
    return int(value)


def _seconds(environ: Mapping[str, str], name: str, default: tuple[int, ...]) -> tuple[int, ...]:
    value = environ.get(name)
    if not value:
        return default
    waits = [wait.strip() for wait in value.split(",")]
    if len(waits) > BACKOFF_LIMIT or not all(_is_wait(wait) for wait in waits):
        raise ConfigError(
            f"{name} must be 1 to {BACKOFF_LIMIT} whole numbers of seconds with commas between them, "
            f"each at most {WAIT_LIMIT_S:,} (7 days), not {value!r}."
        )
    return tuple(map(int, waits))


def _is_wait(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len(str(WAIT_LIMIT_S)) and int(text) <= WAIT_LIMIT_S


def _ports(environ: Mapping[str, str]) -> tuple[int, ...]:
    ports = items(environ, "HOOK_PORTS")
    if not all(_is_port(port) for port in ports):
        raise ConfigError("HOOK_PORTS must be ports from 1 to 65,535 with commas between them, such as 80,443.")
    return tuple(map(int, ports))


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65_535


def _opening(item: str) -> tuple[str, int | None]:
    """A name, a name with `*.` before it, an address or a network, with or without `:port`."""
    host, port = _split_port(item)
    if not (_is_network(host) or _is_name(host)) or (port is not None and not _is_port(port)):
        raise ConfigError(
            f"EGRESS_ALLOW must be host names and networks, such as *.internal, 10.1.0.0/16, 127.0.0.1:8011 "
            f"or [fd00::/8]:8080, with commas between them; {item!r} is neither."
        )
    return host, None if port is None else int(port)


def _split_port(item: str) -> tuple[str, str | None]:
    if item.startswith("[") and "]" in item:
        host, _, rest = item[1:].partition("]")
        return host, rest.removeprefix(":") if rest else None
    host, colon, port = item.partition(":")
    return (host, port) if colon and ":" not in port else (item, None)


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def _is_name(text: str) -> bool:
    """Whether it is a host name in ASCII; one whose last part is a number would be read as an address."""
    return len(text) <= 253 and _NAME.fullmatch(text) is not None


def _environment(environ: Mapping[str, str]) -> str:
    name = environ.get("ENVIRONMENT", "").strip()
    if len(name) > ENVIRONMENT_LIMIT or not name.isprintable():
        raise ConfigError(f"ENVIRONMENT must be a name of at most {ENVIRONMENT_LIMIT} letters, such as production.")
    return name


def _hook_url(environ: Mapping[str, str]) -> str | None:
    url = environ.get("VERCEL_DEPLOY_HOOK_URL") or None
    if url is not None and urlsplit(url).scheme not in ("http", "https"):
        raise ConfigError("VERCEL_DEPLOY_HOOK_URL must begin with https:// or http://.")
    return url

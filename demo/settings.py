"""What the environment says to the demo."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from config import ConfigError, Settings, database_url

DEFAULT_PASSWORD = "console-demo"  # noqa: S105 - printed at every start, for a console that only this machine reaches
PASSWORD_MIN = 8
"""Characters; what signing up asks for."""
URLS = ("DATABASE_URL", "WEB_DATABASE_URL", "WORKER_DATABASE_URL")
"""What names a database that is not the demo's own."""
SESSIONS = 1_200
"""Onboarding sessions that the demo begins with."""


@dataclass(frozen=True)
class DemoSettings:
    """The console's settings, and the demo's own."""

    console: Settings
    password: str = field(repr=False)
    """`CONSOLE_DEMO_PASSWORD`: what all four people sign in with."""
    is_external: bool = False
    """Whether DATABASE_URL names the database, so that the demo starts none."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "DemoSettings":
        """Read and check the environment; unlike in service, SECRET_KEY is not needed beside DATABASE_URL.

        Raises:
            ConfigError: a value can't be used.
        """
        url = environ.get("DATABASE_URL") or None
        console = Settings.from_environment({**environ, **dict.fromkeys(URLS, "")})
        if url is not None:
            console = replace(console, **{name.lower(): database_url(environ, name) for name in URLS})
        password = environ.get("CONSOLE_DEMO_PASSWORD") or DEFAULT_PASSWORD
        if len(password) < PASSWORD_MIN:
            raise ConfigError(f"CONSOLE_DEMO_PASSWORD must have at least {PASSWORD_MIN} characters.")
        return cls(console=console, password=password, is_external=url is not None)

    @staticmethod
    def data_dir(environ: Mapping[str, str] = os.environ) -> Path:
        """The demo's folder, read without touching what is in it.

        Raises:
            ConfigError: a value can't be used, or the database is elsewhere.
        """
        if environ.get("DATABASE_URL"):
            raise ConfigError(
                "DATABASE_URL names a database that is not the demo's to delete; empty that one yourself."
            )
        return Settings.from_environment({**environ, "SECRET_KEY": "-" * 32, "HOOK_KEYS": "-" * 43 + "="}).data_dir

    @property
    def address(self) -> str:
        """Where a browser on this machine finds web."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.console.host, self.console.host)  # noqa: S104
        return f"http://{host}:{self.console.port}"

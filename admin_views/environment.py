"""The banner that names the place, so that nobody takes production for a try."""

from dataclasses import dataclass

from flask import Flask

from config import Settings


@dataclass(frozen=True)
class Environment:
    """A place where the console runs."""

    name: str

    @property
    def tone(self) -> str:
        """Red where it is the real one."""
        return "danger" if self.name.lower().startswith("prod") else "info"


def init_app(app: Flask) -> None:
    """Give templates `environment`, None where the setting names none."""
    settings: Settings = app.extensions["console_settings"]
    app.jinja_env.globals["environment"] = Environment(settings.environment) if settings.environment else None

"""An environment in a form: its names can be read, its values can only be replaced."""

from typing import Any

from wtforms import TextAreaField
from wtforms.validators import ValidationError

from services.secrets import HIDDEN


class EnvironmentField(TextAreaField):
    """`NAME=value` lines; what is sent as it was shown is kept as it is stored, whatever shape that has."""

    def __init__(self, label: str | None = "Environment", **options: Any) -> None:
        options.setdefault("description", f"One NAME=value a line. A value shown as {HIDDEN} is kept.")
        options.setdefault("render_kw", {"rows": 6, "autocomplete": "off", "spellcheck": "false"})
        super().__init__(label, **options)

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else "\n".join(_shown(self.data))

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        stored = _shown(self.object_data)
        lines = _lines(valuelist[0])
        if self.object_data is not None and lines == _lines("\n".join(stored)):
            self.data = self.object_data
            return
        self.data = dict(_entry(line, stored) for line in lines)
        if len(self.data) < len(lines):
            raise ValidationError("A name stands here twice.")


def _shown(environment: Any) -> dict[str, str]:
    """Each line that a form shows, and its name; none where another program stored something else than an object."""
    return {f"{name}={HIDDEN}": name for name in environment} if isinstance(environment, dict) else {}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _entry(line: str, stored: dict[str, str]) -> tuple[str, str]:
    """A line's name and value; a stored name may itself have an equals sign."""
    if line in stored:
        return stored[line], HIDDEN
    name, separator, value = line.partition("=")
    if not separator or not name.strip():
        raise ValidationError(f"“{line[:40]}” is no NAME=value.")
    return name.strip(), value

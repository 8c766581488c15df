"""An environment in a form: its names can be read, its values can only be replaced."""

from typing import Any

from wtforms import TextAreaField
from wtforms.validators import ValidationError

from admin_views.formatters import HIDDEN


class EnvironmentField(TextAreaField):
    """`NAME=value` lines; a value that stands as `•••` is kept as it is stored."""

    def __init__(self, label: str | None = "Environment", **options: Any) -> None:
        options.setdefault("description", f"One NAME=value a line. A value shown as {HIDDEN} is kept.")
        options.setdefault("render_kw", {"rows": 6, "autocomplete": "off", "spellcheck": "false"})
        super().__init__(label, **options)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "\n".join(f"{name}={HIDDEN}" for name in _object(self.data))

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        lines = [line.strip() for line in valuelist[0].splitlines() if line.strip()]
        self.data = dict(self._entry(line) for line in lines)
        if len(self.data) < len(lines):
            raise ValidationError("A name stands here twice.")

    def _entry(self, line: str) -> tuple[str, str]:
        name, separator, value = line.partition("=")
        if not separator or not name.strip():
            raise ValidationError(f"“{line[:40]}” is no NAME=value.")
        return name.strip(), self._kept(name.strip()) if value == HIDDEN else value

    def _kept(self, name: str) -> str:
        stored = _object(self.object_data)
        if name not in stored:
            raise ValidationError(f"{name} has no stored value to keep; give it one.")
        return str(stored[name])


def _object(value: Any) -> dict[str, Any]:
    """What is stored, if it is the object that it should be; other programs write it too."""
    return value if isinstance(value, dict) else {}

"""The forms on records' own pages. The services check what is sent; what they refuse stands by its field."""

from datetime import datetime
from typing import Any

from wtforms import Form, HiddenField, SelectField, StringField, TextAreaField

from admin_views.form_converter import choices_of, with_plain_line_breaks
from models import ComboType, ProjectStatus
from services import text
from services.errors import InvalidInputError, ServiceError

WITHOUT_VERSION = "The form does not say which version it began from. Keep a copy of your text and open the page again."


class RecordPageForm(Form):
    """What the forms share: a place for what is refused."""

    refusal: str | None = None
    """What was refused that no visible field is at fault for."""

    def refuse(self, error: ServiceError) -> None:
        """Show why nothing was saved."""
        field = self[error.field] if error.field and error.field in self else None
        if field is None or isinstance(field, HiddenField):
            self.refusal = error.message
        else:
            field.errors = [*field.errors, error.message]


class MoveForm(RecordPageForm):
    """To where a project is to move, and why."""

    to = SelectField("Move to", choices=choices_of(ProjectStatus))
    reason = TextAreaField("Reason", filters=[with_plain_line_breaks], render_kw={"rows": 2, "maxlength": text.SHORT})

    @property
    def status(self) -> ProjectStatus:
        """
        Raises:
            InvalidInputError: there is no such status.
        """
        try:
            return ProjectStatus(self.to.data or "")
        except ValueError:
            raise InvalidInputError(f"Choose one of {', '.join(ProjectStatus)}.", field="to") from None


class PromptForm(RecordPageForm):
    """A project's prompt, and the version of it that the person began from."""

    prompt_text = TextAreaField(
        "Prompt", filters=[with_plain_line_breaks], render_kw={"rows": 24, "spellcheck": "true"}
    )
    seen = HiddenField()
    """The project's `updated_at`, as ISO 8601."""

    @property
    def seen_at(self) -> datetime:
        """
        Raises:
            InvalidInputError: the form doesn't say which version it began from.
        """
        try:
            at = datetime.fromisoformat(self.seen.data or "")
        except ValueError:
            at = None
        if at is None or at.tzinfo is None:
            raise InvalidInputError(WITHOUT_VERSION, field="seen")
        return at


class RoomPageForm(RecordPageForm):
    """A room's name and what it shows, and the version of them that the person began from."""

    name = StringField("Name", render_kw={"maxlength": text.SHORT})
    current_prompt_text = TextAreaField("Prompt", filters=[with_plain_line_breaks], render_kw={"rows": 12})
    selected_combo_type = SelectField("Combo", choices=choices_of(ComboType, blank="None"))
    seen = HiddenField()
    """The room's `services.rooms.version`."""

    @property
    def fields(self) -> dict[str, Any]:
        """What is to be saved; a field that was not sent stays as it is."""
        return {field.name: field.data for field in self if field is not self.seen and field.raw_data}

    @property
    def seen_version(self) -> str:
        """
        Raises:
            InvalidInputError: the form doesn't say which version it began from.
        """
        if not self.seen.data:
            raise InvalidInputError(WITHOUT_VERSION, field="seen")
        return self.seen.data

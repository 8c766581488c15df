"""The wizard's questions: one form a step. What an answer may be is for services.answers to say."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from wtforms import Field, Form, PasswordField, RadioField, StringField
from wtforms.validators import StopValidation

from services import answers
from services.answers import HOSTING, MODELS, NO_KEY, PROVIDERS
from services.errors import InvalidInputError


def usable(form: Form, field: Field) -> None:
    """A validator: what the service would refuse is said by the field."""
    try:
        answers.parse({field.name: field.data})
    except InvalidInputError as error:
        raise StopValidation(error.message) from error


class LineField(StringField):
    """One line of text, with suggestions that nobody has to take."""

    def __init__(self, label: str, *, suggestions: Sequence[str], **arguments: Any) -> None:
        super().__init__(label, validators=[usable], **arguments)
        self.suggestions = suggestions

    def _value(self) -> str:
        """What was typed, to be typed on; HTML has no NUL."""
        return super()._value().replace("\x00", "")


class CardField(RadioField):
    """One of a few choices, each with a note of what it means."""

    def __init__(self, label: str, choices: dict[str, str], notes: Mapping[str, str], **arguments: Any) -> None:
        super().__init__(label, choices=choices, validate_choice=False, validators=[usable], **arguments)
        self.notes = notes


class StepForm(Form):
    """What the steps share."""

    step: ClassVar[str]
    title: ClassVar[str]
    """Its name in the list of steps."""
    question: ClassVar[str]
    why: ClassVar[str]

    @property
    def answers(self) -> dict[str, str | None]:
        """What was answered, as services.onboarding.save_step takes it."""
        return {field.name: field.data for field in self}

    @property
    def focus(self) -> str:
        """The field to answer first: the first with an error, else the first of all."""
        return next((field.name for field in self if field.errors), next(iter(self)).name)

    def refuse(self, error: InvalidInputError) -> None:
        """Say by the field at fault what the service has refused."""
        field = self[error.field] if error.field in self else next(iter(self))
        field.errors = [*field.errors, error.message]


class PurposeForm(StepForm):
    step, title = "purpose", "Purpose"
    question = "What do you want to build?"
    why = "A few words are enough. They become the project’s title, and templates are recommended by them."
    purpose = LineField(
        "Purpose",
        suggestions=(
            "An online shop for handmade goods",
            "A landing page for a new product",
            "An internal dashboard for the support team",
            "A booking site for a small studio",
            "A fitness app with a weekly plan",
            "A blog with a newsletter",
        ),
        description="At most 200 characters.",
    )


class AudienceForm(StepForm):
    step, title = "audience", "Audience"
    question = "Who is it for?"
    why = "The people who will use it. The prompt names them, so that what is built speaks to them."
    target_audience = LineField(
        "Audience",
        suggestions=(
            "People in our town",
            "Our own team",
            "Small businesses",
            "Students and teachers",
            "Customers on the move",
        ),
        description="At most 200 characters.",
    )


class ModelForm(StepForm):
    step, title = "model", "Model"
    question = "Which model should write the code?"
    why = "You can change it as long as the wizard is not finished."
    model_preference = CardField(
        "Model",
        choices=MODELS,
        notes={
            "claude-sonnet": "By Anthropic. Quick, and good at whole projects.",
            "claude-opus": "By Anthropic. Slower and more thorough.",
            "gpt-5": "By OpenAI. A generalist.",
            "gemini-pro": "By Google. Reads very long inputs.",
            "none": "Whichever suits the template.",
        },
    )


class HostingForm(StepForm):
    step, title = "hosting", "Hosting"
    question = "Where will it run?"
    why = "The project’s configuration begins with this target."
    hosting_target = CardField(
        "Hosting",
        choices=HOSTING,
        notes={
            "vercel": "Websites, deployed by a hook.",
            "aws": "A concept for your own account.",
            "netlify": "A concept for static sites and functions.",
            "expo": "A concept for iOS and Android.",
        },
    )


class KeyForm(StepForm):
    step, title = "key", "API key"
    question = "Which provider’s API key do you have?"
    why = "Of your key only the last four characters are ever stored, so that you can tell which one it was."
    api_provider = CardField(
        "Provider",
        choices=PROVIDERS,
        notes={NO_KEY: "You can go on without one."},
    )
    api_key = PasswordField("API key")

    def validate_api_key(self, field: Field) -> None:
        """No key is looked at where the person says that there is none."""
        if self.api_provider.data != NO_KEY:
            usable(self, field)


class TemplateForm(StepForm):
    step, title = "template", "Template"
    question = "Which template should the prompt start from?"
    why = "Those that suit your purpose come first. Each can be read before you choose."
    template = RadioField("Template", choices={}, validate_choice=False)


FORMS: dict[str, type[StepForm]] = {
    form.step: form for form in (PurposeForm, AudienceForm, ModelForm, HostingForm, KeyForm, TemplateForm)
}
SUMMARY = "summary"
STEPS = (*FORMS, SUMMARY)
TITLES = {step: form.title for step, form in FORMS.items()} | {SUMMARY: "Summary"}
STEP_OF = {field.name: step for step, form in FORMS.items() for field in form()}
"""The step at which each answer is given."""

"""What a form's fields are, and what their controls say of themselves."""

import pytest
from flask_admin.form import DateTimeField, JSONField, Select2Field, Select2TagsField, TimeField
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    FieldList,
    FileField,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired
from wtforms.widgets import TextInput

from admin_views.form_converter import UtcDateTimeField
from admin_views.form_fields import Complaint, attributes_of, complaints_about, example_of, formats_of, kind_of


class Inner(Form):
    street = StringField("Street", validators=[InputRequired()])


class Outer(Form):
    token = HiddenField("Token", validators=[InputRequired()])
    name = StringField("Name", validators=[InputRequired()], description="Whole.", render_kw={"class": "wide"})
    age = IntegerField("Age")
    home = FormField(Inner)
    nicknames = FieldList(StringField("Nickname", validators=[InputRequired()]), min_entries=1)


def bound(field):
    """The field in a form."""
    return type("OneForm", (Form,), {"one": field})()["one"]


def refused() -> Outer:
    """A form in which much is missing."""
    form = Outer(data={"age": 3})
    form.validate()
    return form


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        (StringField(), "text"),
        (TextAreaField(), "area"),
        (JSONField(), "area"),
        (IntegerField(), "number"),
        (BooleanField(), "check"),
        (RadioField(choices=[]), "group"),
        (Select2Field(choices=[]), "select"),
        (Select2TagsField(), "text"),
        (FileField(), "text"),
        (DateTimeField(), "datetime"),
        (UtcDateTimeField(), "datetime"),
        (TimeField(), "time"),
        (DateField(widget=TextInput()), "date"),
        (DateField(), "text"),
        (FieldList(StringField()), "group"),
    ],
)
def test_a_field_is_of_the_kind_that_its_widget_or_its_format_says(field, kind):
    assert kind_of(bound(field)) == kind


def test_a_time_says_in_which_form_it_is_read_unless_the_browser_knows():
    assert formats_of(bound(UtcDateTimeField())) == ["%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S"]
    assert formats_of(bound(DateTimeLocalField())) == []
    assert example_of(bound(UtcDateTimeField())) == "2026-11-25 14:30:00"
    assert example_of(bound(DateTimeField(format="%Y-%j %H"))) is None
    assert example_of(bound(StringField())) is None


def test_all_that_is_wrong_is_told_with_the_control_it_is_about():
    assert complaints_about(refused()) == [
        Complaint(None, "Token", "This field is required."),
        Complaint("name", "Name", "This field is required."),
        Complaint("home-street", "Street", "This field is required."),
        Complaint("nicknames-0", "Nickname", "This field is required."),
    ]


def test_a_control_says_what_is_wrong_with_it_and_the_first_is_begun_with():
    form = refused()

    assert attributes_of(form, form.name, {"rows": 2}) == {
        "rows": 2,
        "class": "wide form-control is-invalid",
        "aria-describedby": "name-error name-help",
        "aria-invalid": "true",
        "autofocus": True,
    }
    assert attributes_of(form, form.age, {}) == {"class": "form-control"}
    assert "autofocus" not in attributes_of(form.home.form, form.home.form.street, {})


def test_what_a_view_asks_for_is_not_changed():
    form, given = refused(), {"class": "own"}

    attributes_of(form, form.name, given)

    assert given == {"class": "own"}

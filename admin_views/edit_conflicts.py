"""Saving what somebody else has changed meanwhile: mine, theirs, and what comes of both.

A form carries the version of the record that it was made from, and of each of its fields a digest of what it showed.
With the newer record these tell who changed what: a field that only one side changed is that side's, and of one that
both changed the person chooses. Nothing is saved before the person has seen it.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import Flask, current_app, g, request
from wtforms import BooleanField, HiddenField
from wtforms.fields.choices import SelectFieldBase

from admin_views.diffs import Piece, diff
from admin_views.forms import RecordForm
from extensions import db_session
from services import history
from services.secrets import HIDDEN

CHOICE = "choose-"
"""Begins the name of the control with which a person chooses for one field: `mine` or `theirs`."""
SHORT = 80
"""Characters of a value that stands beside its choice; longer ones are compared."""


@dataclass(frozen=True)
class Conflict:
    """A field that both sides changed."""

    name: str
    label: str
    mine: str
    theirs: str
    is_missing: bool = False
    """Whether the form was sent without a choice for it."""

    @property
    def is_long(self) -> bool:
        return max(len(self.mine), len(self.theirs)) > SHORT or "\n" in self.mine + self.theirs

    @property
    def pieces(self) -> Sequence[Piece]:
        """What the person's text removes from, and adds to, that of the others."""
        return diff(self.theirs, self.mine)


@dataclass(frozen=True)
class Merge:
    """What a stale save comes to, field by field; nothing of it is saved yet."""

    seen: str
    """The version that the person has seen now."""
    conflicts: Sequence[Conflict]
    taken: Sequence[str] = field(default=())
    """Labels of fields that only others changed; the form holds theirs."""
    kept: Sequence[str] = field(default=())
    """Labels of fields that only the person changed; the form holds the person's."""
    title: str = "This record changed since you opened it"
    words: str = "Nothing is saved yet. Look at both, choose or edit below, and save on top of the newer version."


class EditConflicts:
    """Mixed into a model view with forms: a newer version is never overwritten unseen."""

    history_subject: Any

    def validate_form(self, form: Any) -> bool:
        """Take what the person chose of the newer version into the form first, so that it is that which is checked."""
        for name in [one.name for one in form if request.form.get(CHOICE + one.name) == "theirs"]:
            take_theirs(form, name)
        valid: bool = super().validate_form(form)  # type: ignore[misc]
        return valid

    def find_merge(self, form: Any, record: Any) -> Merge | None:
        """What has to be looked at before the form can be saved; None where it can."""
        if "seen" not in request.form and not isinstance(form, RecordForm):
            return None
        version, digests = _parse(request.form.get("seen", ""))
        missing = _without_choice(form)
        if version and version == version_of(record):
            return Merge(seen_of(form, record), missing) if missing else None
        return _merge(form, record, digests, missing)

    def show_merge(self, merge: Merge, record: Any) -> None:
        """Have the form's page ask about it, and say who was faster where the audit trail knows."""
        g.edit_merge = merge
        g.form_status = 409
        g.edit_merge_event = next(iter(history.newest(db_session(), self.history_subject(record))), None)


def init_app(app: Flask) -> None:
    app.jinja_env.globals |= {
        "edit_merge": lambda: g.get("edit_merge"),
        "edit_merge_event": lambda: g.get("edit_merge_event"),
        "edit_seen": _seen_now,
    }


def version_of(record: Any) -> str:
    """What tells a record's versions apart: when it was changed last, to the microsecond; empty where none says."""
    at = getattr(record, "updated_at", None)
    return at.astimezone(UTC).isoformat() if isinstance(at, datetime) and at.tzinfo else ""


def seen_of(form: Any, record: Any) -> str:
    """The version of a record, and of each field as a form shows it, for the form to carry."""
    digests = {one.name: _digest(_sent(theirs_of(one))) for one in editable(form)}
    return f"{version_of(record)}|{' '.join(f'{name}:{digest}' for name, digest in digests.items())}"


def editable(form: Any) -> Iterator[Any]:
    """The fields in which a person can change something."""
    return (one for one in form if not isinstance(one, HiddenField) and one.name != "csrf_token")


def theirs_of(one: Any) -> Any:
    """A field as it would stand in a form that was opened now, and as a browser would send it unchanged."""
    theirs = object.__new__(type(one))  # whose own __new__ makes a field that belongs to no form
    vars(theirs).update(vars(one))
    theirs.raw_data, theirs.errors = None, ()
    theirs.process(None, one.object_data)
    theirs.raw_data = _unchanged(theirs)
    return theirs


def take_theirs(form: Any, name: str) -> None:
    """Put the record's own value into a field of the form."""
    form._fields[name] = theirs = theirs_of(form[name])
    setattr(form, name, theirs)


def conflict_about(one: Any, *, is_missing: bool = False) -> Conflict:
    """A field of the form beside the record's own value."""
    return Conflict(one.name, str(one.label.text), shown(one), shown(theirs_of(one)), is_missing)


def shown(one: Any) -> str:
    """What a field says, as people read it."""
    if getattr(one.widget, "input_type", "") == "password":
        return HIDDEN
    if isinstance(one, BooleanField):
        return "Yes" if one.data else "No"
    if isinstance(one, SelectFieldBase) and not hasattr(one, "loader"):
        sent = set(_sent(one))
        return ", ".join(str(choice[1]) for choice in one.iter_choices() if str(choice[0]) in sent)
    return "\n".join(_sent(one))


def _merge(form: Any, record: Any, digests: Mapping[str, str], missing: Sequence[Conflict]) -> Merge | None:
    seen = seen_of(form, record)
    conflicts, taken, kept = {one.name: one for one in missing}, [], []
    for one in list(editable(form)):
        mine, theirs, base = _digest(_sent(one)), _digest(_sent(theirs_of(one))), digests.get(one.name)
        if mine == theirs:
            continue
        if theirs == base:
            kept.append(str(one.label.text))
        elif mine == base:
            taken.append(str(one.label.text))
            take_theirs(form, one.name)
        else:
            conflicts.setdefault(one.name, conflict_about(one))
    if not conflicts and not (taken and kept):
        return None
    return Merge(seen, list(conflicts.values()), taken, kept)


def _without_choice(form: Any) -> list[Conflict]:
    """The fields about which the form had to say whose it takes, and does not."""
    asked = request.form.getlist("conflict")
    unsaid = [name for name in asked if name in form and request.form.get(CHOICE + name) not in ("mine", "theirs")]
    return [conflict_about(form[name], is_missing=True) for name in unsaid]


def _sent(one: Any) -> list[str]:
    """What a browser sends, or has sent, of a field, with plain line breaks."""
    if isinstance(one, BooleanField):
        return ["y"] if one.data else []
    raw = one.raw_data
    if raw is None or hasattr(one, "entries") or hasattr(one, "form"):
        raw = _unchanged(one)
    return [str(value).replace("\r\n", "\n") for value in raw]


def _unchanged(one: Any) -> list[str]:
    """What a browser sends of a field in which nobody changed anything."""
    if isinstance(one, BooleanField):
        return ["y"] if one.data else []
    if hasattr(one, "loader"):  # a look-up of Flask-Admin's
        found = one.data if isinstance(one.data, list) else [one.data]
        return [str(one.loader.format(record)[0]) for record in found if record is not None]
    if isinstance(one, SelectFieldBase):
        choices = [(str(choice[0]), choice[2]) for choice in one.iter_choices()]
        chosen = [value for value, is_chosen in choices if is_chosen]
        is_list = getattr(one.widget, "multiple", False)
        return chosen if chosen or is_list else [value for value, _ in choices[:1]]
    if hasattr(one, "_value"):
        return [str(one._value())]
    return [json.dumps(one.data, default=str, sort_keys=True)]


def _digest(sent: Sequence[str]) -> str:
    """Sixteen digits that say nothing of the text to those who don't know the console's key."""
    key = str(current_app.secret_key).encode()
    return hmac.new(key, json.dumps(sent).encode(), hashlib.sha256).hexdigest()[:16]


def _parse(seen: str) -> tuple[str, dict[str, str]]:
    version, _, rest = seen.partition("|")
    return version, {name: digest for name, _, digest in (pair.partition(":") for pair in rest.split(" "))}


def _seen_now(form: Any, record: Any) -> str:
    """The version that the page's form carries: that which the person has seen, until a newer one was shown."""
    merge: Merge | None = g.get("edit_merge")
    if merge is not None:
        return merge.seen
    sent = request.form.get("seen") if request.method == "POST" else None
    return seen_of(form, record) if sent is None else sent

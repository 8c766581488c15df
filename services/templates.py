"""Prompt templates: which suit a purpose, and their upkeep by admins."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models import PromptTemplate, TemplateCombo
from services import audit, text
from services.builtin_templates import BUILTIN_TEMPLATES, TemplateText
from services.database import DbSession
from services.errors import ConflictError, InvalidInputError, NotFoundError
from services.permissions import Actor, Permission, require

TAG_LIMIT = 20
OFFER_LIMIT = 500
"""Stored templates among which the best are looked for: the newest."""
_WORD = re.compile(r"[^\W_]+")
_FILLERS = frozenset(
    _WORD.findall(
        "a an and any are as at be by can do for from has have in into is it its like make my no not of on one or"
        " our own so some such that the their them they this to us use used want we what which who will with you your"
    )
)


@dataclass(frozen=True)
class Recommendation:
    """One template as the wizard offers it; `id` is null for a built-in one."""

    key: str
    """What the wizard's form sends back: the template's id, or `builtin:<slug>`."""
    id: UUID | None
    template: TemplateText
    is_best: bool = False
    """Whether none suits the purpose better, and it suits at all."""


def recommend(db: DbSession, purpose: str | None, *, limit: int = 6) -> Sequence[Recommendation]:
    """The stored templates that suit a purpose best, or the built-in ones where none are stored; best first."""
    words = _words(purpose or "")
    offers = _stored(db) or [_builtin(template) for template in BUILTIN_TEMPLATES]
    scores = {offer.key: _score(offer.template, words) for offer in offers}
    best = max(scores.values())
    ranked = sorted(offers, key=lambda offer: -scores[offer.key])[:limit]
    return [replace(offer, is_best=scores[offer.key] == best > 0) for offer in ranked]


def find_recommendation(db: DbSession, key: str) -> Recommendation | None:
    """The template that a key names, whether it would be recommended or not."""
    if builtin := find_builtin(key):
        return _builtin(builtin)
    try:
        row = db.get(PromptTemplate, UUID(key), populate_existing=True)
    except ValueError:
        return None
    return None if row is None else _offer(row)


def find_builtin(key: str) -> TemplateText | None:
    """The built-in template that a key names."""
    return next((template for template in BUILTIN_TEMPLATES if key == f"builtin:{template.slug}"), None)


def combo_of(purpose: str | None) -> TemplateCombo:
    """The kind of project that a purpose speaks of, `custom` where its words say nothing."""
    words = _words(purpose or "")
    best = max(_KINDS, key=lambda combo: len(words & _KINDS[combo]))
    return best if words & _KINDS[best] else TemplateCombo.CUSTOM


def create(
    db: DbSession, fields: Mapping[str, Any], *, actor: Actor, template_id: UUID | None = None
) -> PromptTemplate:
    """Add a template.

    Args:
        template_id: names the new template, so that a form which is sent twice makes one.

    Raises:
        ForbiddenError: the actor may not edit templates.
        InvalidInputError: a field is missing or can't be used.
        ConflictError: there is a template with this id.
    """
    require(actor, Permission.EDIT_TEMPLATE)
    values = _parse(fields)
    template = PromptTemplate(id=template_id or uuid4(), **values)
    try:
        with db.begin_nested():
            db.add(template)
    except IntegrityError as error:
        raise ConflictError("This template was saved already.") from error
    audit.record(db, actor, "template:create", template.id, after=values)
    return template


def edit(
    db: DbSession, template_id: UUID, fields: Mapping[str, Any], *, actor: Actor, tag: str = "template:edit"
) -> PromptTemplate:
    """Replace a template's fields.

    Args:
        tag: what the audit trail calls it, where it is done to undo something.

    Raises:
        ForbiddenError: the actor may not edit templates.
        NotFoundError: there is no such template.
        InvalidInputError: a field is missing or can't be used.
    """
    require(actor, Permission.EDIT_TEMPLATE)
    template = _get(db, template_id)
    values = _parse(fields)
    before, after = audit.changed({name: getattr(template, name) for name in values}, values)
    if after:
        for name, value in after.items():
            setattr(template, name, value)
        audit.record(db, actor, tag, template_id, before=before, after=after)
    return template


def _get(db: DbSession, template_id: UUID) -> PromptTemplate:
    template = db.get(PromptTemplate, template_id, with_for_update=True, populate_existing=True)
    if template is None:
        raise NotFoundError("There is no such template.")
    return template


def _parse(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": text.clean(fields.get("title"), field="title", limit=text.SHORT, required=True),
        "description": text.clean(fields.get("description"), field="description", limit=2_000),
        "content": text.clean(fields.get("content"), field="content", limit=text.LONG, required=True),
        "tags": _parse_tags(fields.get("tags") or []),
        "combo_type": _parse_combo(fields.get("combo_type")),
    }


def _parse_tags(tags: Iterable[str]) -> list[str]:
    cleaned = [text.clean(tag, field="tags", limit=50) for tag in tags]
    unique = list(dict.fromkeys(tag for tag in cleaned if tag))
    if len(unique) > TAG_LIMIT:
        raise InvalidInputError(f"A template has at most {TAG_LIMIT} tags.", field="tags")
    return unique


def _parse_combo(value: Any) -> TemplateCombo:
    try:
        return TemplateCombo(value or TemplateCombo.ALL)
    except ValueError:
        raise InvalidInputError(f"This must be one of {', '.join(TemplateCombo)}.", field="combo_type") from None


def _text_of(row: PromptTemplate) -> TemplateText:
    return TemplateText(
        slug=str(row.id),
        title=row.title,
        description=row.description or "",
        content=row.content,
        tags=tuple(row.tags),
        combo_type=row.combo_type,
    )


def _stored(db: DbSession) -> list[Recommendation]:
    newest = select(PromptTemplate).order_by(PromptTemplate.created_at.desc(), PromptTemplate.id).limit(OFFER_LIMIT)
    return [_offer(row) for row in db.scalars(newest)]


def _offer(row: PromptTemplate) -> Recommendation:
    return Recommendation(str(row.id), row.id, _text_of(row))


def _builtin(template: TemplateText) -> Recommendation:
    return Recommendation(f"builtin:{template.slug}", None, template)


def _score(template: TemplateText, purpose: frozenset[str]) -> int:
    """How much of the purpose speaks for the template: its title and tags most, then its kind, then its description."""
    named = _words(" ".join([template.title, *template.tags]))
    described = _words(template.description) - named
    kind = _KINDS.get(template.combo_type, frozenset())
    return 3 * len(named & purpose) + 2 * len(kind & purpose) + len(described & purpose)


def _words(value: str) -> frozenset[str]:
    """The words that carry meaning, in the singular as far as an s makes the plural."""
    return frozenset(_singular(word) for word in _WORD.findall(value.casefold()) if word not in _FILLERS)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


_KINDS = {
    TemplateCombo.ENTERPRISE: _words("internal enterprise team crm erp dashboard admin back office compliance staff"),
    TemplateCombo.WEB: _words("web website site landing page blog shop store portfolio marketing saas online"),
    TemplateCombo.APP: _words("app mobile ios android expo chat social fitness game phone"),
}
"""Words of a purpose that speak for a kind of project."""

"""Prompt templates: the texts that the wizard offers."""

from enum import StrEnum

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import BY_BEGINNING, Base, TextEnum, beginnings, created_at, one_of, uuid_pk


class TemplateCombo(StrEnum):
    """Which kinds of project a template suits."""

    ENTERPRISE = "enterprise"
    WEB = "web"
    APP = "app"
    CUSTOM = "custom"
    ALL = "all"


class PromptTemplate(Base):
    """One text that a project's prompt may start from."""

    __tablename__ = "prompt_templates"
    __table_args__ = (
        one_of("combo_type", TemplateCombo),
        Index("ix_prompt_templates_created_at_id", text("created_at DESC"), text("id DESC")),
        Index("ix_prompt_templates_combo_type_created_at", "combo_type", text("created_at DESC")),
        beginnings("prompt_templates", "title"),
    )

    id: Mapped[uuid_pk]
    title: Mapped[str] = mapped_column(info=BY_BEGINNING)
    description: Mapped[str | None]
    content: Mapped[str]
    tags: Mapped[list[str]] = mapped_column(default=list, server_default=text("'{}'"))
    combo_type: Mapped[TemplateCombo] = mapped_column(
        TextEnum(TemplateCombo), default=TemplateCombo.ALL, server_default="all"
    )
    created_at: Mapped[created_at]

    def __str__(self) -> str:
        return self.title

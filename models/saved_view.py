"""Views of lists that people saved: a name for an address."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, created_at, uuid_pk


class SavedView(Base):
    """One list as its owner wants to find it again; it selects nothing that whoever opens it may not see anyway."""

    __tablename__ = "saved_views"
    __table_args__ = (
        Index(
            "uq_saved_views_owner_id_endpoint_name_lower", "owner_id", "endpoint", func.lower(text("name")), unique=True
        ),
        Index("ix_saved_views_shared", "endpoint", postgresql_where=text("is_shared")),
    )

    id: Mapped[uuid_pk]
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    endpoint: Mapped[str]
    """The list, by the name that its view has in the navigation: `session`."""
    name: Mapped[str]
    arguments: Mapped[str]
    """What the list's address says, as a query string: search, filters, order, columns and rows on a page."""
    is_shared: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether all who may see the list see the view."""
    created_at: Mapped[created_at]

    def __str__(self) -> str:
        return self.name


class SavedViewPin(Base):
    """A saved view that one person has in the navigation."""

    __tablename__ = "saved_view_pins"
    __table_args__ = (Index("ix_saved_view_pins_view_id", "view_id"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    view_id: Mapped[UUID] = mapped_column(ForeignKey("saved_views.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int]
    """Its place among the person's, the smallest first."""

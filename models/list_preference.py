"""How a person wants a list shown."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class ListPreference(Base):
    """What holds for one person and one list wherever its address says nothing else; nulls are the list's own ways."""

    __tablename__ = "list_preferences"
    __table_args__ = (
        CheckConstraint("page_size > 0", name="page_size"),
        Index("ix_list_preferences_default_view_id", "default_view_id"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    endpoint: Mapped[str] = mapped_column(primary_key=True)
    """The list, by the name that its view has in the navigation: `session`."""
    columns: Mapped[list[str] | None]
    """Names of the columns that are shown, in their order."""
    sorted_by: Mapped[list[str] | None]
    """Names of the columns by which it is ordered, the first first, with a minus before those that descend."""
    page_size: Mapped[int | None]
    default_view_id: Mapped[UUID | None] = mapped_column(ForeignKey("saved_views.id", ondelete="SET NULL"))
    """The saved view that is shown where the list is opened without any arguments."""

"""The ORM session's type, under the one name that the house uses for it."""

from sqlalchemy.orm import Session as DbSession

__all__ = ["DbSession"]

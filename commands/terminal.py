"""Who acts from a terminal."""

from models import Role
from services.permissions import Actor

TERMINAL = Actor(id=None, name="cli", role=Role.ADMIN, origin="cli")
"""Whoever has a shell and the database's password may do all that commands do."""

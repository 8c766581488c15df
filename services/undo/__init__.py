"""Undoing one's own act: what the audit trail has of it says how."""

from services.undo.carry_out import WINDOW, undo
from services.undo.offer import offer

__all__ = ["WINDOW", "offer", "undo"]

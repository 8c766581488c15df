"""Which steps a project may take: pure decisions."""

from models import ProjectStatus
from services.errors import ConflictError, InvalidInputError

ORDER = tuple(ProjectStatus)


def next_step(current: ProjectStatus) -> ProjectStatus | None:
    """The one step forward, or None at the end."""
    position = ORDER.index(current)
    return ORDER[position + 1] if position + 1 < len(ORDER) else None


def check_step(current: ProjectStatus, to: ProjectStatus, *, may_jump: bool, reason: str | None) -> None:
    """Raise unless a project may go from `current` to `to`.

    One step forward is open to all who may advance projects; a step back or a jump needs the right to it and a reason.

    Raises:
        ConflictError: it is there already, or the step is not open to this person; says which steps are.
        InvalidInputError: a step back or a jump without a reason.
    """
    if to is current:
        raise ConflictError(f"The project is {words(current)} already. {_open_steps(current)}")
    if to is next_step(current):
        return
    if not may_jump:
        raise ConflictError(f"A project can't go from {words(current)} to {words(to)}. {_open_steps(current)}")
    if not (reason or "").strip():
        raise InvalidInputError("A step back or a jump needs a reason.", field="reason")


def words(status: ProjectStatus) -> str:
    """The status as people read it."""
    return status.value.replace("_", " ")


def _open_steps(current: ProjectStatus) -> str:
    step = next_step(current)
    return f"The allowed step is to {words(step)}." if step else "It is at its last step; an admin may move it back."

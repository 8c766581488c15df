"""The one tree of errors that services raise; every message is safe to show to a person."""


class ServiceError(Exception):
    """Something that was asked for can't be done; the message says what and why."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        """The input at fault, where there is one."""


class NotFoundError(ServiceError):
    """There is no such record, or none that this person may see."""


class ConflictError(ServiceError):
    """The record is not in the state that the act needs; someone may have been faster."""


class StaleError(ConflictError):
    """The record changed since it was read, so that saving would lose the newer version."""

    def __init__(self, message: str, *, field: str | None = None, newer: str | None = None) -> None:
        super().__init__(message, field=field)
        self.newer = newer
        """What names the newer version, where whoever asked goes by such names."""


class InvalidInputError(ServiceError):
    """A value that was sent can't be used."""


class ForbiddenError(ServiceError):
    """The person's role doesn't permit the act."""

    def __init__(self, message: str, *, permission: str | None = None) -> None:
        super().__init__(message)
        self.permission = permission
        """The one that is missing, where it is one."""


class MissingScopeError(ForbiddenError):
    """The person's role permits it, but not the scope of the token that was sent."""

    def __init__(self, message: str, *, scope: str, permission: str | None = None) -> None:
        super().__init__(message, permission=permission)
        self.scope = scope
        """The narrowest scope that would do."""

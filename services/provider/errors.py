"""Why somebody is not let in by the provider; the messages name it as the settings do, and repeat none of its words."""

from services.errors import ConflictError


class NotLetInError(ConflictError):
    """The provider's answer lets nobody in."""

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason
        """What the trail and the log keep of it; it holds no word of the provider's either."""


class ProviderAwayError(NotLetInError):
    """The provider gave no answer that can be used."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"{name} can’t be reached just now. Try again in a moment, or sign in with a password.", reason=reason
        )

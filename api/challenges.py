"""What a program must bring to be let in (RFC 6750, section 3): the WWW-Authenticate header of a refusal."""

from werkzeug.datastructures import WWWAuthenticate
from werkzeug.http import quote_header_value

REALM = "Operations Console"


class Challenge(WWWAuthenticate):
    """For a bearer token, in the notation that the standard has: each value is quoted."""

    def __init__(self, *, scope: str | None, error: str | None = None) -> None:
        """
        Args:
            scope: the narrowest that would do, where a token can do it at all.
            error: `invalid_token` or `insufficient_scope`; None where no token was sent.
        """
        known = {"realm": REALM, "error": error, "scope": scope}
        super().__init__("bearer", {name: value for name, value in known.items() if value is not None})

    def to_header(self) -> str:
        values = (f"{name}={quote_header_value(value, allow_token=False)}" for name, value in self.parameters.items())
        return f"Bearer {', '.join(values)}"

"""Codes that an authenticator app shows: RFC 6238, SHA-1, six digits, 30 seconds, as all such apps understand them."""

import re
from dataclasses import dataclass
from datetime import datetime

from passlib.exc import TokenError
from passlib.totp import TOTP

ISSUER = "Operations Console"
"""By what name apps list the account."""
STEP_S = 30
KEY_BYTES = 20
"""Random bytes of a key: what RFC 4226, section 4, recommends."""
_CODE = re.compile(r"[0-9]{6}")


@dataclass(frozen=True)
class Key:
    """What the app and the console both make codes from."""

    base32: str

    @classmethod
    def new(cls) -> "Key":
        return cls(str(TOTP(new=True, size=KEY_BYTES).base32_key))

    @property
    def in_groups(self) -> str:
        """As a person reads it off and types it in."""
        return " ".join(self.base32[start : start + 4] for start in range(0, len(self.base32), 4))

    def address(self, account: str) -> str:
        """What the picture that an app scans says.

        Args:
            account: under which name the app lists it, besides the console's.
        """
        return str(TOTP(key=self.base32, issuer=ISSUER).to_uri(label=account.replace(":", "")))

    def step_of(self, code: str, *, now: datetime, after: int = -1) -> int | None:
        """Which 30 seconds since 1970 the code is of: those of now, or, as clocks differ, those before or after them.

        Args:
            code: as it was typed, with or without a space in it.
            after: the last step whose code was taken; codes of it and of older ones are none.
        """
        digits = "".join(code.split())
        if not _CODE.fullmatch(digits):
            return None
        try:
            found = TOTP(key=self.base32).match(digits, time=int(now.timestamp()), window=STEP_S, last_counter=after)
        except TokenError:
            return None
        return int(found.counter)

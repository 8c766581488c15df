"""Codes as an authenticator app makes them, from RFC 4226 and RFC 6238 and from nothing that the console uses."""

import base64
import hashlib
import hmac
import struct
from datetime import datetime


def code_at(base32: str, moment: datetime, *, steps: int = 0) -> str:
    """The six digits that an app with this key shows, or showed so many half minutes before or after."""
    key = base64.b32decode(base32 + "=" * (-len(base32) % 8))
    step = int(moment.timestamp()) // 30 + steps
    digest = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"

"""How what the console signs is signed, whoever of its libraries does it."""

from hashlib import sha256

from itsdangerous import Signer


def register() -> None:
    """Have itsdangerous sign by HMAC-SHA-256; its own default is SHA-1 (not for HMAC: ASVS 5.0, appendix C)."""
    Signer.default_digest_method = staticmethod(sha256)

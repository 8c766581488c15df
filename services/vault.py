"""The vault: what seals secrets for the database and opens them again, and what they are found by while sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from hmac import digest as hmac_digest
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services import scrubbing
from services.database import DbSession

_OPTION = "console_vault"
"""The execution option of an engine under which its vault is kept."""


class SealedError(Exception):
    """No key of this process opens it."""


@dataclass(frozen=True)
class Sealed:
    """A secret as it is stored."""

    token: str
    """Of Fernet: AES-128-CBC with an HMAC-SHA-256 over it, in base64."""
    key_id: str
    """Of the key that opens it, so that rows of an old key are found without opening any."""


class Vault:
    """Seals under the newest key, opens with any.

    Args:
        keys: of Fernet, the newest first; each 32 bytes in URL-safe base64.
        secret: from which the key of digests is derived, apart from `keys`, so that a rotation changes no digest.

    Raises:
        ValueError: there is no key, or one is none.
    """

    def __init__(self, keys: Sequence[str], *, secret: str) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        self.key_ids = tuple(map(key_id, keys))
        self._digest_key = HKDF(SHA256(), length=32, salt=None, info=b"console hook digest").derive(secret.encode())

    @property
    def newest(self) -> str:
        """The id of the key that seals."""
        return self.key_ids[0]

    def seal(self, secret: str) -> Sealed:
        scrubbing.learn_hook(secret)
        return Sealed(self._fernet.encrypt(_bytes(secret)).decode(), self.newest)

    def open(self, token: str) -> str:
        """Raises:
        SealedError: no key opens it.
        """
        try:
            secret = self._fernet.decrypt(token).decode("utf-8", "surrogatepass")
        except InvalidToken as error:
            raise SealedError("No key of HOOK_KEYS opens this.") from error
        scrubbing.learn_hook(secret)
        return secret

    def digest(self, secret: str) -> str:
        """What a secret is found by: keyed, so that whoever reads the database alone can't try guesses."""
        return self.digest_of(sha256(_bytes(secret)).hexdigest())

    def digest_of(self, plain_digest: str) -> str:
        """The digest of a secret of which only the SHA-256, in hexadecimal digits, is known."""
        return hmac_digest(self._digest_key, plain_digest.encode(), "sha256").hex()


def key_id(key: str) -> str:
    """What a key is called where it may be seen: the beginning of its SHA-256."""
    return sha256(key.encode()).hexdigest()[:8]


def engine_options(vault: Vault) -> dict[str, Any]:
    """What `create_engine` takes so that the engine's sessions have this vault."""
    return {"execution_options": {_OPTION: vault}}


def of(db: DbSession) -> Vault:
    """The vault that the edge gave to the session's engine."""
    vault: Vault = db.get_bind().get_execution_options()[_OPTION]
    return vault


def of_engine(engine: Any) -> Vault:
    """As `of`, of an engine or a connection itself."""
    vault: Vault = engine.get_execution_options()[_OPTION]
    return vault


def _bytes(secret: str) -> bytes:
    return secret.encode("utf-8", "surrogatepass")

"""What a browser is asked to have a passkey do, and whether its answer holds (WebAuthn, levels 2 and 3).

The device must have recognised the person, by a finger, a face or a PIN: a passkey alone is two factors then.
"""

import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import webauthn
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import parse_authentication_credential_json, parse_registration_credential_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from models import Passkey
from services.errors import InvalidInputError
from services.second_factors.codes import ISSUER

CHALLENGE_BYTES = 32
VERIFIED = UserVerificationRequirement.REQUIRED
_REFUSED = "The passkey’s answer can’t be used. Try again."
_ADDRESS = re.compile(r"\[.*|[0-9.]+")


@dataclass(frozen=True)
class Site:
    """Where the console is, as browsers bind passkeys to it."""

    origin: str
    """Such as `https://console.example.com`."""
    host: str
    """Without a port."""

    @property
    def takes_passkeys(self) -> bool:
        """Browsers make none for a bare IP address."""
        return not _ADDRESS.fullmatch(self.host)


@dataclass(frozen=True)
class NewKey:
    """A key pair that a device has made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: list[str]
    is_synced: bool


def new_challenge() -> bytes:
    return secrets.token_bytes(CHALLENGE_BYTES)


def ask_for_new(
    site: Site, challenge: bytes, *, user_id: UUID, email: str, name: str, known: Iterable[Passkey]
) -> dict[str, Any]:
    """The options of `navigator.credentials.create`, as JSON.

    Args:
        known: passkeys of the person, whose devices make no second one.
    """
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=ISSUER,
        user_id=user_id.bytes,
        user_name=email,
        user_display_name=name,
        challenge=challenge,
        exclude_credentials=[_described(passkey) for passkey in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=VERIFIED
        ),
    )
    return _as_json(options)


def ask_for(site: Site, challenge: bytes, known: Iterable[Passkey]) -> dict[str, Any]:
    """The options of `navigator.credentials.get`, as JSON.

    Args:
        known: the passkeys that will do; none of them for any that the device has.
    """
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        allow_credentials=[_described(passkey) for passkey in known],
        user_verification=VERIFIED,
    )
    return _as_json(options)


def read_new(site: Site, challenge: bytes, credential: str) -> NewKey:
    """The key that the browser's answer brings.

    Raises:
        InvalidInputError: it is no answer to this challenge, or not from here.
    """
    try:
        parsed = parse_registration_credential_json(credential)
        verified: VerifiedRegistration = webauthn.verify_registration_response(
            credential=parsed,
            expected_challenge=challenge,
            expected_origin=site.origin,
            expected_rp_id=site.host,
            require_user_verification=True,
        )
    except Exception as error:  # what is wrong with bytes from outside comes in more kinds than the library names
        raise InvalidInputError(_REFUSED, field="credential") from error
    return NewKey(
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        transports=[transport.value for transport in parsed.response.transports or []],
        is_synced=verified.credential_backed_up,
    )


def read_id(credential: str) -> tuple[bytes, bytes | None]:
    """By what id the browser's answer calls its key, and whose the key says that it is; neither is proven yet.

    Raises:
        InvalidInputError: it is no such answer.
    """
    try:
        parsed = parse_authentication_credential_json(credential)
    except Exception as error:  # as above
        raise InvalidInputError(_REFUSED, field="credential") from error
    return parsed.raw_id, parsed.response.user_handle


def read_answer(site: Site, challenge: bytes, credential: str, passkey: Passkey) -> VerifiedAuthentication:
    """The browser's answer, signed by this passkey.

    Raises:
        InvalidInputError: it is not, or was made elsewhere or for another challenge, or without recognising the person.
    """
    try:
        return webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_origin=site.origin,
            expected_rp_id=site.host,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except Exception as error:  # as above
        raise InvalidInputError(_REFUSED, field="credential") from error


def _described(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    known = {transport.value for transport in AuthenticatorTransport}
    transports = [AuthenticatorTransport(name) for name in passkey.transports if name in known]
    return PublicKeyCredentialDescriptor(id=passkey.credential_id, transports=transports or None)


def _as_json(options: Any) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    return read

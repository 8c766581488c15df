"""The vault: what it seals, it opens, with any of its keys; what is found by is another key's."""

import pytest
from cryptography.fernet import Fernet

from services.vault import SealedError, Vault, key_id
from tests.records import HOOK

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_a_secret_is_sealed_under_the_newest_key_and_opened_with_any():
    old, both = Vault([OLD], secret="s"), Vault([NEW, OLD], secret="s")

    assert both.open(old.seal(HOOK).token) == HOOK
    assert (old.seal(HOOK).key_id, both.seal(HOOK).key_id) == (key_id(OLD), key_id(NEW))
    assert HOOK not in both.seal(HOOK).token


def test_without_the_key_nothing_is_opened():
    with pytest.raises(SealedError, match="No key of HOOK_KEYS opens this"):
        Vault([NEW], secret="s").open(Vault([OLD], secret="s").seal(HOOK).token)


def test_a_digest_stays_when_keys_rotate_and_changes_with_the_secret():
    digest = Vault([OLD], secret="s").digest(HOOK)

    assert Vault([NEW, OLD], secret="s").digest(HOOK) == digest
    assert Vault([OLD], secret="t").digest(HOOK) != digest
    assert len(digest) == 64


@pytest.mark.parametrize("keys", [[], ["short"], ["no base64 at all, but as long as a key is."]])
def test_no_key_and_what_is_none_are_refused(keys):
    with pytest.raises(ValueError, match="Fernet"):
        Vault(keys, secret="s")


def test_neither_keys_nor_secret_are_in_its_words():
    assert OLD not in repr(vars(Vault([OLD], secret="the secret")))
    assert "the secret" not in repr(vars(Vault([OLD], secret="the secret")))

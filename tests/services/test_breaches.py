"""Passwords that were in breaches."""

import hashlib

import pytest

from services import breaches


@pytest.fixture
def file_of(tmp_path):
    """Writes such a file of these passwords."""

    def file_of(passwords, ending="\r\n"):
        hashes = sorted(hashlib.sha1(password.encode()).hexdigest().upper() for password in passwords)  # noqa: S324
        path = tmp_path / "breached.txt"
        path.write_bytes(
            "".join(f"{found}:{len(found) * place}{ending}" for place, found in enumerate(hashes)).encode()
        )
        return path

    return file_of


@pytest.mark.parametrize("number", [1, 2, 3, 50])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_each_password_of_the_file_is_found_and_no_other(file_of, number, ending):
    passwords = [f"vault teapot umbrella {one}" for one in range(number)]
    path = file_of(passwords, ending)

    assert all(breaches.is_one(path, password) for password in passwords)
    assert not any(breaches.is_one(path, f"teapot of nobody {one}") for one in range(200))


def test_an_empty_file_has_none(file_of):
    assert not breaches.is_one(file_of([]), "vault teapot umbrella")


def test_a_file_of_something_else_has_none(tmp_path):
    other = tmp_path / "other.txt"
    other.write_bytes(b"\x00\xff" * 5_000)

    assert not breaches.is_one(other, "vault teapot umbrella")

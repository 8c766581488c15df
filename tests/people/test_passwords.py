"""How passwords are kept."""

from people import passwords


def test_a_password_is_kept_as_its_argon2id_hash_with_a_salt_of_its_own(app):
    with app.app_context():
        one, other = (passwords.hash_new("correct horse battery staple") for _ in range(2))

    assert one.startswith("$argon2id$")
    assert one != other

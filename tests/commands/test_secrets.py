"""`flask console secrets …`: keys rotate from a terminal."""

from cryptography.fernet import Fernet
from sqlalchemy import select

from app import create_app
from models import AuditEvent, AuthenticatorApp, Deploy
from services.second_factors import sealing
from services.vault import key_id
from tests.conftest import NOW, bound, settings_for
from tests.records import HOOK
from tests.vaults import HOOK_KEY, SECRET, VAULT, Vault


def run(app, *arguments):
    return app.test_cli_runner().invoke(args=["console", "secrets", *arguments])


def rotating(database_url, *keys, **settings):
    return create_app(settings_for(database_url, hook_keys=keys, **settings))


def test_all_hooks_are_sealed_under_the_newest_key_and_the_old_one_may_go(db, make, connection, database_url):
    new = Fernet.generate_key().decode()
    deploys = [make.deploy() for _ in range(3)]
    make.save()
    app = rotating(database_url, new, HOOK_KEY)

    with served(app, connection):
        before, rotated = run(app, "status"), run(app, "rotate")

    assert f"{key_id(HOOK_KEY)}             3 hooks  an older key; run `rotate`" in before.output
    assert rotated.exit_code == 0, rotated.output
    assert "3 hooks were encrypted anew, and 0 in the trash." in rotated.output
    assert f"{key_id(HOOK_KEY)}             0 hooks  an older key that nothing needs: take it out" in rotated.output
    for deploy in deploys:
        db.refresh(deploy, ["hook_sealed"])
        assert Vault([new], secret=SECRET).open(deploy.hook_sealed) == HOOK
    [event] = db.scalars(select(AuditEvent).where(AuditEvent.tag == "secrets:rotate"))
    assert event.after == {"deploys": 3, "trashed": 0, "apps": 0}


def test_hooks_whose_key_is_missing_are_told_of_and_left_as_they_are(db, make, connection, database_url):
    deploy = make.deploy()
    make.save()
    app = rotating(database_url, Fernet.generate_key().decode())

    with served(app, connection):
        result = run(app, "rotate")

    assert f"{VAULT.newest}             1 hooks  HOOK_KEYS lacks it, so these can't be called" in result.output
    assert db.scalar(select(Deploy.hook_key).where(Deploy.id == deploy.id)) == VAULT.newest


def test_a_spoilt_hook_ends_the_rotation_with_one_line(make, connection, database_url):
    make.deploy(hook_sealed="gAAAAA")
    make.save()
    app = rotating(database_url, Fernet.generate_key().decode(), HOOK_KEY)

    with served(app, connection):
        result = run(app, "rotate")

    assert result.exit_code == 1
    assert result.output.startswith("Error: A hook can't be read: ")


def served(app, connection):
    with app.app_context():
        options = app.extensions["sqlalchemy"].engine.get_execution_options()
    connection.execution_options(**options)
    return bound(app, connection)


EARLIER = "what the secret was before, and long enough"


def test_after_a_change_of_the_secret_apps_are_sealed_anew_and_hooks_are_found(db, make, connection, database_url):
    earlier = Vault([HOOK_KEY], secret=EARLIER)
    deploy, person = make.deploy(hook_digest=earlier.digest(HOOK)), make.user()
    sealed = sealing.write(sealing.seal_of(EARLIER), {"key": "ABC"}, now=NOW)
    db.add(AuthenticatorApp(user_id=person.id, secret=sealed, last_step=1))
    lost = AuthenticatorApp(
        user_id=make.user().id, secret=sealing.write(sealing.seal_of("?" * 32), {}, now=NOW), last_step=1
    )
    db.add(lost)
    make.save()
    app = rotating(database_url, HOOK_KEY, older_secret_keys=(EARLIER,))

    with served(app, connection):
        before, rotated = run(app, "status"), run(app, "rotate")

    assert "earlier              1 apps   SECRET_KEY_FALLBACKS; run `rotate`" in before.output
    assert "1 keys of authenticator apps were encrypted anew." in rotated.output, rotated.output
    assert "SECRET_KEY           1 apps   the present value" in rotated.output
    assert "earlier              0 apps   SECRET_KEY_FALLBACKS; nothing needs it" in rotated.output
    assert "lost                 1 apps   neither opens these" in rotated.output
    db.expire_all()
    kept = db.get_one(AuthenticatorApp, person.id).secret
    assert sealing.read(sealing.seal_of(SECRET), kept, now=NOW) == {"key": "ABC"}
    assert db.scalar(select(Deploy.hook_digest).where(Deploy.id == deploy.id)) == VAULT.digest(HOOK)

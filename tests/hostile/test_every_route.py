"""A corpus of hostile input through every route: no fault, nothing said back raw, nothing told that is secret."""

import time
from collections import Counter
from contextlib import contextmanager
from csv import reader
from io import StringIO
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from models import AuthenticatorApp, Base, Role
from people.passwords import hash_known
from services import token_texts
from services.second_factors import sealing
from tests import vaults
from tests.access.conftest import ids_of, records_of
from tests.access.tables import ACTIONS
from tests.admin_views.pages import Page
from tests.client import Browser
from tests.conftest import NOW
from tests.hostile.corpus import ARGUMENTS, CORPUS, FIELDS, MARK, ODD_TYPES, PLURALS, REAL, queried, sent
from tests.hostile.tainted import taint
from tests.records import HOOK, NOBODY
from tests.tokens import add_token

ROUNDS = 2
SAFE = {"GET", "HEAD", "OPTIONS"}
NOTES = {"sign_ins", "sign_in_budgets", "second_factor_tries", "spent_challenges", "audit_events"}
"""Tables that note who tries what; a refusal leaves all others as they are."""
DIGESTS = " UNION ALL ".join(
    f"SELECT '{table.name}', count(*), sum(hashtextextended(t::text, 0)) FROM {table.name} t"  # noqa: S608
    for table in Base.metadata.sorted_tables
    if table.name not in NOTES
)
WRITES = """
    SELECT relname, n_tup_ins + n_tup_upd + n_tup_del AS rows FROM pg_stat_xact_user_tables
    WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
"""
"""How many rows of each table this transaction wrote, undone or not."""
TOTP_KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SHOWS_A_HOOK = ("hooks.reveal_deploy", "hooks.reveal_session")
ENDLESS = "api.read_events"
HEADERS = {"X-HTTP-Method-Override": "DELETE", "X-Forwarded-Host": "evil.example", "Accept-Language": '"<x>'}


@pytest.fixture
def ids(app, make):
    """What there is: hostile text in every field, and records by the names that `ACTIONS` have for them."""
    with app.app_context():
        hashed = hash_known("a long password of the admin")
    admin = make.user(role=Role.ADMIN, password=hashed, email="admin@example.com")
    there = taint(make, f"=1+1{MARK}", admin)
    shared = {
        "group": make.failure_group(fingerprint="1:known"),
        "template": make.template(),
        "person": make.user(),
        "shared_view": make.saved_view(is_shared=True),
    }
    there |= ids_of(records_of(make, admin, **shared))
    make.save()
    return there | {"unused": NOBODY, "moment": NOW.isoformat(), "admin": admin}


@pytest.fixture
def secrets(db, ids):
    """What no answer and no record of a log may hold."""
    token = token_texts.new()
    row = add_token(db, ids["admin"], token)
    seal = sealing.seal_of(vaults.SECRET)
    sealed = sealing.write(seal, {"key": TOTP_KEY}, now=NOW)
    db.add(AuthenticatorApp(user_id=ids["person"], secret=sealed, last_step=0))
    db.commit()
    own = [ids["admin"].password, ids["admin"].fs_uniquifier]
    return [
        token,
        row.token_hash,
        sealed,
        TOTP_KEY,
        vaults.SECRET,
        vaults.HOOK_KEY,
        HOOK.rpartition("/")[2],  # its secret part alone, so that none that is cut to pieces is missed
        *own,
    ]


class Walk:
    """Requests of one person who signed in just now, and what is wrong with the answers."""

    def __init__(self, app, connection, person, secrets):
        self.browser = Browser(app, person)
        if person is not None:
            with self.browser.client.session_transaction() as session:
                session["fs_paa"] = time.time()
        self.cookie = self.browser.client.get_cookie("session").value
        self.token = self.browser.csrf_token
        self.connection, self.secrets = connection, secrets
        self.faults, self.statuses, self.shown = [], set(), Counter()
        self.before = self.digests()

    @contextmanager
    def undone(self):
        """What a request does is undone after it, and it begins as the one before did."""
        with self.connection.begin_nested() as savepoint:
            self.browser.client.set_cookie("session", self.cookie)
            yield
            savepoint.rollback()

    def ask(self, endpoint, method, path, **arguments):
        """Send one request, undo it, and note what is wrong with its answer."""
        headers = {"X-CSRFToken": self.token} | dict(arguments.pop("headers", {}))
        with self.undone():
            with self.browser.client.open(path, method=method, headers=headers, **arguments) as answer:
                wrong = self.wrongs(endpoint, answer)
            if method not in SAFE and answer.status_code >= 400 and self.digests() != self.before:
                wrong.append("is refused, and changed something all the same")
        self.statuses.add(answer.status_code)
        what = str(arguments)[:300]
        self.faults += [f"{method} {path[:200]} {what}: {answer.status_code} {fault}" for fault in wrong]

    def digests(self):
        """What tells whether a row has changed."""
        return self.connection.execute(text(DIGESTS)).all()

    def writes(self):
        """What tells which tables were written at all, but for those of `NOTES`, by requests that are undone too."""
        return {table: rows for table, rows in self.connection.execute(text(WRITES)) if table not in NOTES}

    def wrongs(self, endpoint, answer):
        body = "" if endpoint == ENDLESS and answer.status_code == 200 else answer.text
        told = body + str([(name, value) for name, value in answer.headers if name != "Set-Cookie"])
        found = [f"tells {secret[:12]}…" for secret in self.secrets if secret in told and endpoint not in SHOWS_A_HOOK]
        if answer.status_code >= 500:
            found.append("is a fault")
        if answer.mimetype == "text/html" and MARK in body:
            found.append("says it back raw")
        if answer.mimetype == "text/csv" and any(
            cell[:1] in "=+-@" for row in reader(StringIO(body)) for cell in row if cell
        ):
            found.append("has a cell that a spreadsheet would run")
        self.shown[answer.mimetype] += "x-taint" in body
        if "X-Evil" in answer.headers or "evil=1" in str(answer.headers.getlist("Set-Cookie")):
            found.append("has a header that was sent")
        target = urlsplit(answer.headers.get("Location", "/").replace("\\", "/").strip())
        if (target.scheme, target.netloc) not in (("", ""), ("http", "localhost")):
            found.append(f"leads to {target.geturl()!r}")
        if "root:x:" in body or "def create_app" in body:
            found.append("reads a file")
        return found


@pytest.fixture
def walk(app, connection, ids, secrets):
    return Walk(app, connection, ids["admin"], secrets)


def id_of(path, ids):
    """The id of a record that there is, of the kind that a path is about."""
    kinds = [PLURALS.get(part, part) for part in reversed(path.split("/")) if PLURALS.get(part, part) in ids]
    return ids[kinds[0] if kinds else "failed"]


def path_of(rule, ids, said=None):
    """A path of the rule, with what there is for each of its arguments, or with what is said where it may be."""
    path = rule.rule
    for name, converter in rule._converters.items():
        begun, _, rest = path.partition("<")
        takes_ids = said is None or type(converter).__name__ == "UUIDConverter"
        value = REAL.get(name) or id_of(begun, ids) if takes_ids else sent(said)
        path = f"{begun}{value}{rest.partition('>')[2]}"
    return path


def turned(place, step):
    """One text of the corpus: another one for each place and step, and each of them somewhere."""
    return CORPUS[(place * 7 + step) % len(CORPUS)]


def queries(place):
    """Query strings that have each argument in turn, each of them twice, with other texts."""
    for turn in range(ROUNDS):
        names = ARGUMENTS[turn::ROUNDS]
        pairs = [(name, turned(place, turn * 11 + step)) for step, name in enumerate(names)]
        yield turn, queried(pairs + [(name, turned(place, step)) for step, (name, _) in enumerate(pairs[:6])])


def rules(app, unsafe):
    """(place, rule) of each route, those that change something or those that don't."""
    found = [rule for rule in app.url_map.iter_rules() if bool((rule.methods or set()) - SAFE) == unsafe]
    return enumerate(sorted(found, key=lambda rule: (rule.rule, rule.endpoint)))


def test_no_address_whatever_is_a_fault_and_none_tells_what_it_should_not(app, walk, ids, caplog):
    before = walk.writes()
    for place, rule in rules(app, unsafe=False):
        for turn, query in queries(place):
            said = turned(place, turn) if turn else None
            if not turn:  # of two, the first counts; a file is made whole
                query = "" if rule.endpoint.endswith(".export") else f"id={id_of(rule.rule, ids)}&{query}"
            walk.ask(
                rule.endpoint,
                "GET",
                f"{path_of(rule, ids, said)}?{query}",
                headers=HEADERS,
            )

    assert walk.faults == []
    assert walk.writes() == before, "what only looks has written"
    assert {200, 404, 422} <= walk.statuses
    assert walk.shown["text/html"] > 60, walk.shown
    assert walk.shown["text/csv"] > 5, walk.shown
    assert [secret for secret in walk.secrets if secret in caplog.text] == []


def test_no_form_and_no_body_whatever_is_a_fault_and_what_is_refused_changes_nothing(app, walk, ids, caplog):
    for place, rule in rules(app, unsafe=True):
        [method, *_] = sorted((rule.methods or set()) - SAFE)
        path, said = path_of(rule, ids), turned(place, 1)
        form = [(name, turned(place, step)) for step, name in enumerate(FIELDS)]
        walk.ask(rule.endpoint, method, path, data=queried(form * 2), content_type="application/x-www-form-urlencoded")
        walk.ask(rule.endpoint, method, path, json=dict(form) if said.isprintable() else [said] * 3)
        walk.ask(rule.endpoint, method, path, data=said.encode("utf-8", "replace"), content_type=ODD_TYPES[place % 5])
        if rule._converters:
            walk.ask(rule.endpoint, method, path_of(rule, ids, said), data={"rowid": said.encode("utf-8", "replace")})

    assert walk.faults == []
    assert {400, 404, 415, 422} <= walk.statuses
    assert [secret for secret in walk.secrets if secret in caplog.text] == []


def values_of(action, ids):
    """The form or the body of an action, with what is there in the place of the names in braces."""
    names = {name: str(value) for name, value in ids.items()}
    values = action.form if action.json is None else action.json
    return {name: value.format(**names) if isinstance(value, str) else value for name, value in values.items()}


def test_no_field_of_an_act_takes_what_is_hostile_for_more_than_a_text(walk, ids, caplog):
    acts = [action for action in ACTIONS.values() if action.method not in SAFE]
    names = {name: str(value) for name, value in ids.items()}
    for place, action in enumerate(acts):
        path, values = action.path.format(**names), values_of(action, ids)
        if action.opens:
            values["seen"] = Page(walk.browser.get(action.opens.format(**names))).field("seen")
        for step, name in enumerate(values):
            for turn in range(ROUNDS):
                changed = values | {name: turned(place, step + turn * 5)}
                if action.json is not None:
                    walk.ask(action.path, action.method, path, json=changed)
                else:
                    walk.ask(
                        action.path,
                        action.method,
                        path,
                        data=queried(changed.items()),
                        content_type="application/x-www-form-urlencoded",
                    )

    assert walk.faults == []
    assert [secret for secret in walk.secrets if secret in caplog.text] == []


def test_whoever_has_not_signed_in_is_told_nothing_either(app, connection, ids, secrets, caplog):
    walk = Walk(app, connection, None, secrets)
    for place, rule in rules(app, unsafe=True):
        if not rule.rule.startswith(("/admin/", "/console/", "/api/", "/wizard/")):
            path = path_of(rule, ids, turned(place, 3))
            for turn in range(ROUNDS):
                form = [(name, turned(place, step + turn * 9)) for step, name in enumerate(FIELDS)]
                walk.ask(
                    rule.endpoint, "POST", path, data=queried(form), content_type="application/x-www-form-urlencoded"
                )
                walk.ask(rule.endpoint, "POST", path, json=dict(form))

    assert walk.faults == []
    assert [secret for secret in walk.secrets if secret in caplog.text] == []


def test_a_method_that_no_route_knows_is_refused_by_each(app, walk, ids):
    for _, rule in rules(app, unsafe=False):
        assert walk.browser.send("PROPFIND", path_of(rule, ids)).status_code == 405, rule

    assert walk.digests() == walk.before

"""Failed sign-ins are recorded one by one up to a limit, and nothing is kept that may be a password."""

import pytest
from sqlalchemy import func, insert, select

from models import AuditEvent
from services import failed_sign_ins
from services.failed_sign_ins import OF_ADDRESS, OF_ALL, masked_email, network_of
from services.permissions import Actor


def fail(db, origin="203.0.113.7"):
    nobody = Actor(id=None, name="anonymous", role=None, origin=origin)
    return failed_sign_ins.record(db, nobody, reason="Nobody has this address.", way="password", typed="a@example.com")


def have_failed(db, count, origin):
    event = {"actor": "anonymous", "origin": origin, "tag": "user:fail_sign_in", "subject_kind": "user"}
    db.execute(insert(AuditEvent), [event] * count)


def count(db):
    return db.scalar(select(func.count()).select_from(AuditEvent))


def test_an_address_leaves_no_more_than_so_many_events_an_hour_and_the_last_says_so(db):
    have_failed(db, OF_ADDRESS - 1, "203.0.113.7")
    assert fail(db)
    assert fail(db)
    assert not fail(db)
    assert not fail(db)

    assert count(db) == OF_ADDRESS + 1
    told = [event.after for event in db.scalars(select(AuditEvent)) if event.after and "more" in event.after]
    assert [after["more"] for after in told] == ["not recorded within this hour"]
    assert fail(db, origin="203.0.113.8")


def test_all_addresses_leave_no_more_than_so_many_events_an_hour(db):
    have_failed(db, OF_ALL, "198.51.100.1")

    assert fail(db)
    assert not fail(db)
    assert not fail(db, origin="203.0.113.8")
    assert count(db) == OF_ALL + 1


def test_one_network_of_ipv6_is_one_address(db):
    have_failed(db, OF_ADDRESS + 1, "2001:db8:1:2::/64")

    assert not fail(db, origin="2001:db8:1:2:3:4:5:6")
    assert fail(db, origin="2001:db8:1:3::1")


@pytest.mark.parametrize(
    ("origin", "network"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        (None, None),
        ("unix", "unix"),
    ],
)
def test_a_subscriber_stands_for_its_addresses(origin, network):
    assert network_of(origin) == network


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ana@Example.com", "a…@example.com"),
        (" ana@example.com ", "a…@example.com"),
        ("correct horse battery", "no address"),
        ("p@ssw0rd", "no address"),
        ("@example.com", "no address"),
        ("ana@", "no address"),
        ("", "no address"),
        ("a@" + "x." * 60 + "com", "no address"),
    ],
)
def test_of_an_address_that_nobody_has_little_is_kept(typed, kept):
    assert masked_email(typed) == kept

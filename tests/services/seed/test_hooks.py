"""Seeded hooks are all on this machine, and follow the receiver."""

import re

from sqlalchemy import select

from models import (
    AuditEvent,
    Deploy,
    OnboardingSession,
)
from services import seed
from services.deploys import hooks
from services.seed.hooks import find_base, move
from tests.services.seed.loading import BASE, count, load
from tests.vaults import url_of, urls_of


def test_every_hook_is_on_this_machine_and_can_be_called(history):
    for url in set(urls_of(history)):
        assert hooks.parse(url) == url
        assert re.match(r"https?://127\.0\.0\.1:(8011|9)/hooks/", url)


def test_a_failed_sessions_own_hook_is_the_one_that_failed(history):
    """So that asking to deploy it again is a retry of the same deploy."""
    rows = history.execute(
        select(Deploy, OnboardingSession).join(OnboardingSession).where(Deploy.trigger == "wizard")
    ).all()

    for deploy, session in rows:
        assert url_of(deploy) == hooks.resolve(None, session.survey, session.vercel_hook_url, seed.default_hook(BASE))


def test_hooks_follow_the_receiver_to_another_port_and_no_record_counts_as_changed(db):
    load(db, 200)
    before = dict(db.execute(select(OnboardingSession.id, OnboardingSession.updated_at)).all())
    assert find_base(db) == BASE

    move(db, BASE, "http://127.0.0.1:8099")
    db.expire_all()

    assert find_base(db) == "http://127.0.0.1:8099"
    assert not any(":8011/" in url for url in urls_of(db))
    assert count(db, OnboardingSession, OnboardingSession.vercel_hook_url.contains(":8011/")) == 0
    assert dict(db.execute(select(OnboardingSession.id, OnboardingSession.updated_at)).all()) == before


def test_a_database_without_seeded_hooks_names_no_receiver(db, make):
    make.deploy()

    assert find_base(db) is None


def test_audit_events_never_hold_a_whole_hook_url(history):
    shown = history.scalars(select(AuditEvent.after["hook_url"].astext).where(AuditEvent.tag == "deploy:request")).all()
    deploys = history.scalars(
        select(Deploy).join(AuditEvent, AuditEvent.subject_id == Deploy.id).where(AuditEvent.tag == "deploy:request")
    ).all()

    assert shown
    assert sorted(shown) == sorted(hooks.mask(url_of(deploy)) for deploy in deploys)

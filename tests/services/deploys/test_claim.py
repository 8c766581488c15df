"""Taking deploys for delivery, within what their hosts may be asked for."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import create_engine, event, select, text
from sqlalchemy.pool import NullPool

from config import sqlalchemy_url
from models import DeliveryPause, DeployStatus, HookHost
from services.database import DbSession
from services.deploys.claim import HOSTS_AT_ONCE, claim
from services.deploys.delivery import Delivery
from services.deploys.limits import Limits
from tests import vaults
from tests.conftest import NOW
from tests.records import Records
from tests.services.deploys.deliveries import CREATED, attempts, end, take
from tests.vaults import hooked, url_of

A_SECOND = timedelta(seconds=1)


def queue(make, host, count=1, **values):
    urls = [f"https://{host}/hook/{number:04d}-0123456789abcdef" for number in range(count)]
    return [make.deploy(status=DeployStatus.QUEUED, hook_url=url, **values) for url in urls]


def hosts_of(deliveries):
    return Counter(delivery.hook_url.split("/")[2] for delivery in deliveries)


def test_claiming_writes_the_attempt_before_the_post(db, make):
    deploy = make.deploy(status=DeployStatus.QUEUED)
    project = make.project(onboarding_session_id=deploy.session_id)

    [delivery] = take(db)

    [attempt] = attempts(db, deploy)
    assert delivery == Delivery(
        deploy_id=deploy.id,
        attempt_id=attempt.id,
        attempt_number=1,
        hook_url=url_of(deploy),
        idempotency_key=deploy.idempotency_key,
        trigger=deploy.trigger,
        session_id=deploy.session_id,
        project_id=project.id,
        started_at=NOW,
    )
    assert (attempt.started_at, attempt.duration_ms, attempt.ok) == (NOW, None, None)
    assert (deploy.status, deploy.next_attempt_at) == (DeployStatus.IN_FLIGHT, None)


def test_a_deploy_is_claimed_once(db, make):
    make.deploy(status=DeployStatus.QUEUED)

    assert len(take(db)) == 1
    assert take(db) == []


@pytest.mark.parametrize("status", [s for s in DeployStatus if s not in ("queued", "retry_scheduled")])
def test_there_is_nothing_to_claim_of_a_deploy_that_does_not_wait(db, make, status):
    deploy = make.deploy(status=status)

    assert take(db) == []
    assert attempts(db, deploy) == []


def test_a_deploy_is_not_claimed_before_its_time(db, make):
    make.deploy(status=DeployStatus.RETRY_SCHEDULED, next_attempt_at=NOW + A_SECOND)

    assert take(db) == []
    assert len(take(db, now=NOW + A_SECOND)) == 1


def test_the_next_attempt_has_the_next_number_and_the_same_key(db, make):
    deploy = make.deploy(status=DeployStatus.RETRY_SCHEDULED)
    make.attempt(deploy=deploy, attempt_number=3)

    [delivery] = take(db)

    assert (delivery.attempt_number, delivery.idempotency_key) == (4, deploy.idempotency_key)


def test_a_delivery_does_not_print_its_hook(db, make):
    deploy = make.deploy(status=DeployStatus.QUEUED)

    assert url_of(deploy) not in repr(take(db))


def test_no_more_is_taken_than_there_is_room_for(db, make):
    queue(make, "one.example.com", 5)

    assert len(take(db, free=3)) == 3


def test_those_that_are_due_longest_go_first(db, make):
    [later] = queue(make, "one.example.com", next_attempt_at=NOW)
    [sooner] = queue(make, "one.example.com", next_attempt_at=NOW - A_SECOND)

    assert [delivery.deploy_id for delivery in take(db, free=1)] == [sooner.id]
    assert [delivery.deploy_id for delivery in take(db, free=1)] == [later.id]


def test_a_host_has_no_more_under_way_than_its_limit(db, make):
    queue(make, "one.example.com", 5)
    limits = Limits(host_in_flight=2)

    first = take(db, limits=limits)
    assert len(first) == 2
    assert take(db, now=NOW + A_SECOND, limits=limits) == []

    end(db, first[0], CREATED)
    assert len(take(db, now=NOW + A_SECOND, limits=limits)) == 1


def test_a_host_has_no_more_begun_in_a_second_than_its_limit(db, make):
    queue(make, "one.example.com", 9)
    limits = Limits(host_in_flight=100, host_per_s=4)

    assert len(take(db, limits=limits)) == 4
    assert take(db, limits=limits) == []
    assert len(take(db, now=NOW + A_SECOND / 4, limits=limits)) == 1
    assert len(take(db, now=NOW + 10 * A_SECOND, limits=limits)) == 4


def test_a_hosts_own_limits_go_before_the_settings(db, make):
    db.add_all([HookHost(host="one.example.com", max_in_flight=3), HookHost(host="two.example.com", max_per_s=2)])
    queue(make, "one.example.com", 5)
    queue(make, "two.example.com", 5)

    assert hosts_of(take(db)) == {"one.example.com": 3, "two.example.com": 2}


def test_a_host_with_many_waiting_leaves_room_for_the_others(db, make):
    queue(make, "all.example.com", 30, next_attempt_at=NOW - A_SECOND)
    queue(make, "few.example.com", 2)
    limits = Limits(host_in_flight=100)

    first = take(db, free=8, limits=limits)

    assert hosts_of(first) == {"few.example.com": 2, "all.example.com": 4}
    assert hosts_of(take(db, free=2, limits=limits)) == {"all.example.com": 2}


def test_of_many_hosts_with_one_deploy_each_all_that_is_free_is_taken(db, make):
    for number in range(60):
        queue(make, f"host{number:02d}.example.com")

    assert len(take(db, free=50)) == 50


def test_the_host_that_waited_longest_is_served_first(db, make):
    queue(make, "one.example.com", 2)
    queue(make, "two.example.com", 2)

    served = [hosts_of(take(db, free=1, now=NOW + number * A_SECOND)) for number in range(4)]

    assert served == [{"one.example.com": 1}, {"two.example.com": 1}] * 2


def test_a_paused_host_waits_and_the_others_go_on(db, make):
    db.add(DeliveryPause(host="one.example.com", paused_at=NOW, paused_by="ana@example.com", reason="maintenance"))
    queue(make, "one.example.com")
    queue(make, "two.example.com")

    assert hosts_of(take(db)) == {"two.example.com": 1}


def test_nothing_is_lost_while_all_deliveries_are_paused(db, make):
    pause = DeliveryPause(paused_at=NOW, paused_by="ana@example.com", reason="maintenance")
    db.add(pause)
    [deploy] = queue(make, "one.example.com")

    assert take(db) == []
    assert (deploy.status, attempts(db, deploy)) == (DeployStatus.QUEUED, [])

    db.delete(pause)
    assert len(take(db)) == 1


def test_a_pause_that_is_committed_while_a_claim_is_under_way_holds_at_once(fresh_db, fresh_database_url):
    """It comes when the host's row is locked already."""
    queue(Records(fresh_db, NOW), "one.example.com")
    fresh_db.commit()
    engine = create_engine(sqlalchemy_url(fresh_database_url), poolclass=NullPool, **vaults.ENGINE)

    @event.listens_for(engine, "after_cursor_execute")
    def pause(connection, cursor, statement, *rest):
        if "FROM hook_hosts" in statement and "FOR UPDATE" in statement:
            fresh_db.add(DeliveryPause(paused_at=NOW, paused_by="ana@example.com", reason="maintenance"))
            fresh_db.commit()

    with DbSession(engine) as db, db.begin():
        assert take(db) == []

    assert fresh_db.scalar(select(DeliveryPause.reason)) == "maintenance"


@pytest.mark.parametrize(
    ("limits", "circuit", "later"),
    [
        (Limits(host_in_flight=1), {}, A_SECOND),
        (Limits(host_per_s=1), {}, timedelta(milliseconds=500)),
        (Limits(), {"open_until": NOW - A_SECOND}, A_SECOND),
    ],
    ids=["under way", "a second", "half-open circuit"],
)
def test_however_many_hosts_are_at_their_limits_the_others_are_served(db, make, limits, circuit, later):
    """The busy ones were served before the other was, so that its turn would come after theirs."""
    hosts = [f"busy{number:03d}.example.com" for number in range(HOSTS_AT_ONCE + 5)]
    for host in hosts:
        queue(make, host, 3)
        db.add(HookHost(host=host, **circuit))
    db.flush()
    taken = hosts_of([delivery for _ in range(3) for delivery in take(db, free=1_000, limits=limits)])
    assert taken == dict.fromkeys(hosts, 1)
    queue(make, "good.example.com")
    db.add(HookHost(host="good.example.com", served_at=NOW + timedelta(milliseconds=1)))
    db.flush()

    assert hosts_of(take(db, now=NOW + later, limits=limits)) == {"good.example.com": 1}


def test_an_open_circuit_costs_no_attempt_and_half_open_one_post_tries(db, make):
    db.add(HookHost(host="one.example.com", open_until=NOW + 30 * A_SECOND))
    deploys = queue(make, "one.example.com", 5)

    assert take(db, now=NOW + 29 * A_SECOND) == []
    assert [attempts(db, deploy) for deploy in deploys] == [[]] * 5
    assert len(take(db, now=NOW + 30 * A_SECOND)) == 1
    assert take(db, now=NOW + 31 * A_SECOND) == []


def test_hosts_are_told_apart_by_their_ports_but_not_by_how_they_are_written(db, make):
    for url in ("https://A.example.com/1", "https://a.example.com:443/2", "https://a.example.com./3"):
        make.deploy(status=DeployStatus.QUEUED, hook_url=url)
    make.deploy(status=DeployStatus.QUEUED, hook_url="https://a.example.com:8443/4")
    take(db, limits=Limits(host_in_flight=1))

    assert sorted(db.scalars(select(HookHost.host))) == ["a.example.com", "a.example.com:8443"]


def test_ten_thousand_deploys_of_a_closed_host_are_not_looked_at(db, make):
    [deploy] = queue(make, "dead.example.com")
    db.execute(
        text(
            """
            WITH people AS (INSERT INTO onboarding_sessions (user_id, status, metadata)
                SELECT user_id, 'completed', '{}' FROM onboarding_sessions, generate_series(1, 10000)
                WHERE id = :session RETURNING id)
            INSERT INTO deploys (session_id, trigger, hook_sealed, hook_key, hook_digest, hook_masked, host,
                idempotency_key, status, next_attempt_at)
            SELECT id, 'api', :hook_sealed, :hook_key, :hook_digest, :hook_masked, :host,
                'key ' || id, 'queued', :now FROM people
            """
        ),
        {"session": deploy.session_id, "now": NOW} | hooked(url_of(deploy)),
    )
    db.add(HookHost(host="dead.example.com", open_until=NOW + A_SECOND))
    queue(make, "good.example.com")
    db.execute(text("ANALYZE deploys"))
    db.execute(text("SET LOCAL statement_timeout = '500ms'"))

    assert hosts_of(take(db)) == {"good.example.com": 1}


def test_many_workers_together_keep_a_hosts_limits_and_take_each_deploy_once(fresh_db, fresh_database_url):
    make = Records(fresh_db, NOW)
    queue(make, "one.example.com", 40)
    queue(make, "two.example.com", 40)
    fresh_db.add_all([HookHost(host="one.example.com"), HookHost(host="two.example.com")])  # or adding them takes turns
    make.save()
    engine = create_engine(sqlalchemy_url(fresh_database_url), pool_size=8, **vaults.ENGINE)
    limits = Limits(host_in_flight=7, host_per_s=1_000)
    barrier = Barrier(8)

    def work(_):
        barrier.wait()
        taken = []
        for _ in range(10):
            with DbSession(engine) as db, db.begin():
                taken += claim(db, free=20, now=NOW, limits=limits)
        return taken

    with ThreadPoolExecutor(8) as threads:
        taken = [delivery for worker in threads.map(work, range(8)) for delivery in worker]
    engine.dispose()

    assert hosts_of(taken) == {"one.example.com": 7, "two.example.com": 7}
    assert len({delivery.deploy_id for delivery in taken}) == 14

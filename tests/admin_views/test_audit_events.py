"""The audit trail as a list."""

import re
from html import unescape
from uuid import uuid4

from sqlalchemy import select

from models import AuditEvent, Role
from services import audit, chain
from services.permissions import WORKER
from tests.admin_views.pages import Page
from tests.conftest import NOW, actor_of


def test_an_act_shows_who_did_what_with_before_and_after(sign_in, make, db):
    admin = make.user(role=Role.ADMIN, email="ana@example.com")
    subject = uuid4()
    audit.record(db, actor_of(admin), "deploy:retry", subject, before={"status": "a"}, after={"status": "b"})
    browser = sign_in(Role.OPERATOR)

    page = Page(browser.get("/admin/audit_event/?flt0_act_equals=deploy:retry"))

    assert page.column("actor") == ["ana@example.com"]
    assert page.column("tag") == ["Deploy retried by hand"]
    assert page.column("subject_id") == [f"deploy {str(subject)[:8]}"]
    assert page.column("after") == ["status: A → B"]
    identity = page.html.partition("details/?id=")[2].partition("&")[0]
    assert Page(browser.get(f"/admin/audit_event/details/?id={identity}")).details["Record’s id"] == str(subject)


def test_nobody_changes_the_trail(sign_in, make, db):
    audit.record(db, actor_of(make.user()), "deploy:retry", uuid4())
    browser = sign_in(Role.ADMIN)

    page = Page(browser.get("/admin/audit_event/"))

    assert page.count == 1
    assert "action-checkbox" not in page.html
    assert browser.post("/admin/audit_event/delete/", {"id": str(uuid4())}).status_code == 403


def test_an_events_page_has_the_difference_the_request_and_where_it_is_sealed(sign_in, make, db):
    session = make.session()
    audit.act_as(db, WORKER, request_id="0123456789ab")
    before, after = {"purpose": "a shop", "status": "draft"}, {"purpose": "a blog", "status": "failed"}
    audit.record(db, WORKER, "session:fail", session.id, before=before, after=after)
    event = audit.recorded(db)[0]
    make.save()
    address = f"/admin/audit_event/details/?id={event.id}"
    browser = sign_in(Role.VIEWER)

    page = Page(browser.get(address))
    assert "Session marked as failed" in page.html
    assert page.details["Purpose"] == "was a shop → is now a blog"
    assert page.details["Status"] == "was Draft → is now Failed"
    assert page.details["Request"] == "0123456789ab"
    assert page.details["From"] == "worker"
    assert "Not yet; it is" in page.html
    assert "/admin/audit_event/history/" not in page.html

    chain.seal(db, now=NOW)
    db.commit()
    assert "In seal 1 as number 1" in browser.get(address).text


def test_an_event_leads_to_its_record_its_history_and_what_else_happened(sign_in, make, db):
    viewer = sign_in(Role.VIEWER)
    actor = actor_of(viewer.user)
    kinds = {
        "session": make.session(),
        "project": make.project(),
        "deploy": make.deploy(),
        "room": make.room(),
        "attempt": make.attempt(),
        "user": make.user(),
        "template": make.template(),
        "configuration": make.config(),
        "recovery": make.recovery(),
    }
    for kind, record in kinds.items():
        audit.record(db, actor, f"{kind}:edit", record.id, after={"name": "x"})
    events = audit.recorded(db)
    make.save()

    for event in events:
        page = viewer.get(f"/admin/audit_event/details/?id={event.id}").text
        links = [
            unescape(link) for link in re.findall(r'<a class="btn btn-outline-secondary btn-sm" href="([^"]*)"', page)
        ]
        assert len(links) >= 3, event.tag
        for link in links:
            assert viewer.get(link, follow_redirects=True).status_code == 200, (event.tag, link)


def test_an_events_page_says_in_a_line_who_when_and_from_where_and_what_was_before_and_after(sign_in, make, db):
    ana, session = actor_of(make.user(role=Role.ADMIN, email="ana@example.com")), make.session()
    for n in range(7):
        audit.record(db, ana, "session:answer", session.id, after={"n": n})
    audit.record(db, ana, "deploy:retry", uuid4())
    events = [recorded.id for recorded in audit.recorded(db)]
    make.save()

    html = sign_in(Role.OPERATOR).get(f"/admin/audit_event/details/?id={events[1]}").text

    header = html.partition('<header class="page-header">')[2].partition("</header>")[0]
    assert "Answers saved" in header
    assert "By ana@example.com from 127.0.0.1, " in header
    section = html.partition('aria-labelledby="event-around"')[2].partition("</section>")[0]
    assert "7 events" in section
    assert re.findall(r"details/\?id=([0-9a-f-]{36})", section) == [str(events[n]) for n in (5, 4, 3, 2, 0)]
    assert section.count('aria-current="true"') == 1


def test_the_trail_is_filtered_by_person_record_act_and_time(sign_in, make, db):
    ana, ben = make.user(role=Role.ADMIN), make.user(role=Role.OPERATOR)
    subject = uuid4()
    audit.record(db, actor_of(ana), "deploy:retry", subject)
    audit.record(db, actor_of(ben), "deploy:cancel", subject)
    audit.record(db, actor_of(ben), "deploy:cancel", uuid4())
    make.save()
    browser = sign_in(Role.OPERATOR)

    for arguments, count in {
        f"flt0_persons_id_equals={ben.id}": 2,
        f"flt0_who_equals={ana.email}": 1,
        f"flt0_records_id_equals={subject}": 2,
        f"flt0_records_id_equals={subject}&flt1_act_equals=deploy:cancel": 1,
        "flt0_when_within=1h": 3,
        "flt0_when_older_than=1h": 0,
    }.items():
        assert Page(browser.get(f"/admin/audit_event/?{arguments}")).count == count, arguments


def test_an_export_of_the_trail_is_an_event_of_the_trail(sign_in, make, db):
    audit.record(db, WORKER, "deploy:retry", uuid4(), after={"status": "queued"})
    make.save()
    browser = sign_in(Role.VIEWER)

    csv, lines = (browser.get(f"/admin/audit_event/export/{kind}/").text for kind in ("csv", "jsonl"))

    assert csv.startswith("Id,When,Who,Person’s id,From,Request,Act,Kind,Record’s id,Before,After")
    assert "deploy:retry" in csv
    assert '"export:csv"' in lines
    told = db.scalars(select(AuditEvent).where(AuditEvent.tag.startswith("export:")).order_by(AuditEvent.tag)).all()
    assert [(event.tag, event.actor_id) for event in told] == [
        ("export:csv", browser.user.id),
        ("export:jsonl", browser.user.id),
    ]

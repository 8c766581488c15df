"""What an event changed, in words, without secrets."""

from models import AuditEvent
from services import history
from services.history import Change


def event(before, after, tag="template:edit"):
    return AuditEvent(actor="ana@example.com", tag=tag, subject_kind="template", before=before, after=after)


def test_each_field_is_told_as_it_was_and_as_it_is():
    told = event({"title": "a", "active": False, "tags": ["x", "y"]}, {"title": None, "active": True, "tags": []})

    assert history.changes_of(told) == [
        Change("title", "a", None),
        Change("active", "no", "yes"),
        Change("tags", "x, y", None),
    ]


def test_secrets_are_masked():
    [change] = history.changes_of(event({"hook_url": "https://hooks.example.com/deploy/secret"}, {"hook_url": None}))

    assert "secret" not in str(change)


def test_what_is_no_edit_or_holds_a_mask_can_not_be_set_back():
    assert history.why_not_kept(event({"title": "a"}, {"title": "b"})) is None
    assert history.why_not_kept(event(None, {"title": "b"})) == "This is no edit, so there is nothing to set back."
    assert history.why_not_kept(event({"status": "a"}, {"status": "b", "reason": "c"})) is not None
    assert "secrets" in str(history.why_not_kept(event({"env_config": {"A": "•••"}}, {"env_config": {"A": "•••"}})))

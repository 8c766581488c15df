"""The plan's lists and numbers, as the statements beside this file read them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from models import ComboType, Role, TemplateCombo, User
from services.answers import MODELS, PROVIDERS
from services.database import DbSession
from services.deploys.backoff import JITTER
from services.deploys.fingerprint import likeness
from services.deploys.hooks import host_of
from services.seed import hooks, scenarios, traffic, words
from services.seed.answers import ANSWERS
from services.seed.scenarios import LIVE_SCENARIOS, SCENARIOS, Scenario

PEOPLE_PER_SESSION = 0.4
FIRST_LIVE = len(SCENARIOS) + 1
"""The number of the first scenario with a deploy under way; scenarios are numbered from 1."""
LISTS = (
    "seed_answer",
    "seed_likeness",
    "seed_scenario",
    "seed_deploy_plan",
    "seed_step",
    "seed_incident",
    "seed_operator",
    "seed_template",
)
"""The temporary tables that `fill_lists` fills for good."""
_COMBOS = {ComboType.WEB: 42.0, ComboType.ENTERPRISE: 26.0, ComboType.APP: 22.0, ComboType.CUSTOM: 10.0}
_STAND_IN_OPERATOR = "operations@example.com"


def values(*, sessions: int, live: int, first_person: int, now: datetime, hook_base: str) -> dict[str, Any]:
    """The parameters of all statements.

    Args:
        live: how many of the sessions have a deploy under way.
        first_person: the number of the first new person.
    """
    return {
        "sessions": sessions,
        "live": live,
        "live_scenarios": len(LIVE_SCENARIOS),
        "first_live": FIRST_LIVE,
        "draft": SCENARIOS.index(scenarios.DRAFT) + 1,
        "gone": SCENARIOS.index(scenarios.GONE) + 1,
        "succeeded": SCENARIOS.index(scenarios.SUCCEEDED) + 1,
        "scenario_shares": _shares(scenario.weight for scenario in SCENARIOS),
        "first_person": first_person,
        "people": max(1, round(sessions * PEOPLE_PER_SESSION)),
        "now": now,
        "begins_at": traffic.begins_at(now),
        "shares": traffic.cumulative(traffic.hourly_weights(now)),
        "default_hook": hooks.default_hook(hook_base),
        "hook_base": hook_base,
        "jitter": JITTER,
        "by_hand_least": scenarios.BY_HAND_S[0],
        "by_hand_most": scenarios.BY_HAND_S[1],
        "cancelled_within": scenarios.CANCELLED_WITHIN_S,
    } | _words()


def fill_lists(db: DbSession, values: dict[str, Any], favoured: Sequence[UUID]) -> None:
    """Write the scenarios, their answers, and who and what the database already has."""
    _insert(db, "seed_answer", _answers())
    _insert(db, "seed_likeness", _likenesses(db, hooks.prefixes(values["hook_base"])))
    _insert(db, "seed_scenario", map(_scenario, *_numbered()))
    _insert(db, "seed_deploy_plan", (row for numbered in zip(*_numbered(), strict=True) for row in _deploys(*numbered)))
    _insert(db, "seed_step", (row for numbered in zip(*_numbered(), strict=True) for row in _steps(*numbered)))
    _insert(db, "seed_incident", _incidents(values["now"]))
    _insert(db, "seed_hook", ({"name": k, "prefix": v} for k, v in hooks.prefixes(values["hook_base"]).items()))
    _insert(db, "seed_operator", _operators(db))
    _insert(db, "seed_person", _favoured(db, favoured))
    db.execute(
        text(
            """
            INSERT INTO seed_template (combo, rank, id, content)
            SELECT c.combo, row_number() OVER (PARTITION BY c.combo ORDER BY t.created_at, t.id), t.id, t.content
            FROM unnest(CAST(:combos AS text[])) AS c (combo)
            JOIN prompt_templates t ON t.combo_type IN (c.combo, :all)
            """
        ),
        {"combos": values["combos"], "all": TemplateCombo.ALL.value},
    )


def _shares(weights: Iterable[float]) -> list[float]:
    return traffic.cumulative(list(weights))


def _words() -> dict[str, Any]:
    return {
        "combos": [combo.value for combo in _COMBOS],
        "combo_shares": _shares(_COMBOS.values()),
        "first_names": words.FIRST_NAMES,
        "last_names": words.LAST_NAMES,
        "domains": list(words.EMAIL_DOMAINS),
        "trades": list(words.TRADES),
        "towns": words.TOWNS,
        "audiences": list(words.AUDIENCES),
        "rooms": list(words.ROOMS),
        "models": list(MODELS),
        "providers": list(PROVIDERS),
        **{f"{combo}_products": list(products) for combo, products in words.PRODUCTS.items()},
        **{f"{combo}_stacks": list(stacks) for combo, stacks in words.STACKS.items()},
    }


def _numbered() -> tuple[range, tuple[Scenario, ...]]:
    every = SCENARIOS + LIVE_SCENARIOS
    return range(1, len(every) + 1), every


def _answers() -> Iterable[dict[str, Any]]:
    for name, answer in ANSWERS.items():
        outcome = answer.outcome
        yield {
            "name": name,
            "fastest_ms": answer.fastest_ms,
            "slowest_ms": answer.slowest_ms,
            "status_code": outcome.status_code,
            "error_kind": outcome.error_kind,
            "error_message": outcome.error_message,
            "body": outcome.response_excerpt,
            "retry_after_s": outcome.retry_after_s,
        }


def _likenesses(db: DbSession, prefixes: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    """As the worker would see each answer from each hook, so that what fails again meets its history."""
    of_prefix = {prefix: host_of(prefix) for prefix in prefixes.values()}
    for hook, prefix in prefixes.items():
        for name, answer in ANSWERS.items():
            if alike := likeness(of_prefix[prefix], answer.outcome):
                yield {"hook": hook, "answer": name} | asdict(alike)


def _scenario(number: int, scenario: Scenario) -> dict[str, Any]:
    return {
        "scenario": number,
        "session_from": scenario.session,
        "session_status": scenarios.session_status(scenario),
        "makes_project": scenario.makes_project,
        "longest_s": scenarios.longest_s(scenario),
    }


def _deploys(number: int, scenario: Scenario) -> Iterable[dict[str, Any]]:
    for ordinal, deploy in enumerate(scenario.deploys, start=1):
        yield {
            "scenario": number,
            "ordinal": ordinal,
            "status": scenarios.deploy_status(deploy),
            "trigger": deploy.trigger,
            "hook": deploy.hook,
            "gap_s": scenarios.AGAIN_S * (ordinal - 1),
            "first_attempt_number": scenarios.first_attempt(deploy),
            "failed_answer": scenarios.failed_answer(deploy),
        }


def _steps(number: int, scenario: Scenario) -> Iterable[dict[str, Any]]:
    every = list(scenarios.steps(scenario))
    newest = next((step for step in reversed(every) if step.answer), None)
    for step in every:
        yield {
            "scenario": number,
            "ordinal": step.ordinal,
            "number": step.number,
            "answer": step.answer,
            "wait_s": step.wait_s,
            "by_hand": step.by_hand,
            "is_due": step.is_due,
            "is_newest": step is newest,
            "session_from": step.session_from,
            "session_to": step.session_to,
        }


def _incidents(now: datetime) -> Iterable[dict[str, Any]]:
    """Times at which hooks failed together: a build host's outage, and one that throttled."""
    for days_ago, hours, scenario in ((16, 2, scenarios.OUTAGE), (9, 4, scenarios.OUTAGE), (2, 3, scenarios.THROTTLED)):
        from_at = now - timedelta(days=days_ago)
        yield {
            "from_at": from_at,
            "to_at": from_at + timedelta(hours=hours),
            "scenario": SCENARIOS.index(scenario) + 1,
        }


def _operators(db: DbSession) -> Iterable[dict[str, Any]]:
    """Those who remediate, or, where there are none yet, a name that stands in for them."""
    people = db.execute(
        select(User.id, User.email)
        .where(User.role.in_([Role.OPERATOR, Role.ADMIN]), User.active.is_(True))
        .order_by(User.email)
    ).all()
    for rank, (user_id, email) in enumerate(people or [(None, _STAND_IN_OPERATOR)]):
        yield {"rank": rank, "id": user_id, "email": email}


def _favoured(db: DbSession, favoured: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    emails = dict(db.execute(select(User.id, User.email).where(User.id.in_(favoured))).all())
    for place, user_id in enumerate(favoured, start=1):
        yield {"person": -place, "id": user_id, "email": emails[user_id]}


def _insert(db: DbSession, table: str, rows: Iterable[dict[str, Any]]) -> None:
    written = list(rows)
    if written:
        columns = ", ".join(written[0])
        marks = ", ".join(f":{name}" for name in written[0])
        db.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({marks})"), written)  # noqa: S608 - our own names

"""Which failures look alike, whatever the text. Ids are drawn at random: only what looks random is told from words."""

import base64
import json
import time
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import ErrorKind
from services.deploys.placeholders import LIMIT
from services.text import is_storable
from tests.services.deploys.test_fingerprint import of, of_silence


def _uuid(random: Random) -> str:
    digits = random.randbytes(16).hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


VARIABLE = {
    "uuid": _uuid,
    "hash": lambda random: random.randbytes(random.choice([8, 16, 20, 32])).hex(),
    "token": lambda random: base64.urlsafe_b64encode(random.randbytes(24)).decode() + "9",
    "ulid": lambda random: "01" + "".join(random.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=24)),
    "number": lambda random: str(random.randrange(10**9)),
    "address": lambda random: ".".join(str(random.randrange(256)) for _ in range(4)),
    "prefixed": lambda random: f"job_{random.randbytes(10).hex()}",
}
TIMES = {
    "iso": lambda random: (
        f"2026-{random.randint(1, 12):02}-{random.randint(1, 28):02}T{random.randint(0, 23):02}:00:07Z"
    ),
    "clock": lambda random: f"{random.randint(0, 23):02}:{random.randint(0, 59):02}:{random.randint(0, 59):02}",
    "seconds": lambda random: f"{random.randrange(10_000)} seconds",
}
VARIABLE_OR_TIME = VARIABLE | TIMES
TEMPLATES = (
    "Build {} failed on node {} after {}",
    "no room for {}: asked for by {}, {} left",
    '{{"error": {{"code": "busy", "message": "Build {} failed, see {}"}}, "at": "{}"}}',
    "<html><head><title>Busy {}</title></head><body><h1>Request {} failed</h1><p>{}</p></body></html>",
)


@given(
    template=st.sampled_from(TEMPLATES),
    kinds=st.tuples(*[st.sampled_from(sorted(VARIABLE_OR_TIME))] * 3),
    seeds=st.tuples(st.integers(0, 2**32), st.integers(0, 2**32)),
)
def test_other_ids_numbers_and_times_in_the_same_places_make_no_difference(template, kinds, seeds):
    one, other = (template.format(*(VARIABLE_OR_TIME[kind](random) for kind in kinds)) for random in map(Random, seeds))

    assert of(one) == of(other)


@given(st.text(max_size=3_000), st.sampled_from(list(ErrorKind)))
def test_any_text_at_all_has_a_likeness_that_can_be_stored_and_is_the_same_each_time(text, kind):
    for found in (of(text), of_silence(kind, text), of(f"{{{text}"), of(f"<{text}"), of(f'{{"message": "{text}"}}')):
        assert len(found.shape) <= LIMIT
        assert is_storable(found.shape)
        assert found.fingerprint.startswith("1:")
        assert len(found.fingerprint) == len("1:") + 24
    assert of(text) == of(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_any_json_has_a_likeness_and_the_order_of_its_keys_makes_no_difference(value):
    def turned(value):
        if isinstance(value, dict):
            return {key: turned(inner) for key, inner in reversed(value.items())}
        return [turned(inner) for inner in value] if isinstance(value, list) else value

    assert of(json.dumps(value)) == of(json.dumps(turned(value)))


@given(st.text(max_size=200), st.integers(400, 599), st.integers(400, 599))
def test_another_status_always_makes_a_difference(text, one, other):
    assert (of(text, one).fingerprint == of(text, other).fingerprint) == (one == other)


HOSTILE = [
    unit * (2_000 // len(unit))
    for unit in (
        *[
            "<",
            "<a ",
            "<title>",
            "</h1",
            "<h1>&#x41;",
            "'",
            "'a",
            '"',
            '"a',
            "“a",
            "`a`b",
            "[",
            "{",
            '{"a":',
            '"message":"',
        ],
        *[
            "\\",
            "a@",
            "@a.",
            "a.",
            "a",
            "1",
            "1:",
            "a:",
            ":",
            "1-",
            "2026-",
            "1/1/",
            "#.",
            "#-",
            "# ",
            "1 ",
            "0 s ",
            "aA0-",
        ],
        *[
            "://",
            "a://",
            "Mon ",
            "1 May ",
            "<time> ",
            "12:00 ",
            "&amp;",
            "\u0301",
            "\u202e",
            "𝟘",
            "\ud800",
            "\x00",
            "ﬀ",
        ],
    )
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_no_text_takes_long(number):
    began = time.monotonic()

    for start in ("", "{", '{"message":"', "<", "<title>"):
        of((start + HOSTILE[number])[:2_000])

    assert time.monotonic() - began < 1


def test_a_text_of_any_length_is_looked_at_only_so_far():
    began = time.monotonic()

    for text in ("a1 " * 1_000_000, "[" * 3_000_000, "<p>" * 1_000_000):
        of(text)
        of_silence(ErrorKind.PROTOCOL, text)

    assert time.monotonic() - began < 2

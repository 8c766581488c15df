"""Which failures look alike: a table of pairs, and properties of any text."""

import base64
import json
import time
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import ErrorKind
from services.deploys.fingerprint import Likeness, likeness
from services.deploys.outcome import AttemptOutcome
from services.deploys.placeholders import LIMIT
from services.seed.answers import ANSWERS
from services.text import is_storable

HOST = "builds.example.com"


def of(answer: str, code: int = 503, host: str = HOST) -> Likeness:
    found = likeness(host, AttemptOutcome(duration_ms=5, status_code=code, response_excerpt=answer))
    assert found
    return found


def of_silence(kind: ErrorKind, message: str) -> Likeness:
    found = likeness(HOST, AttemptOutcome(duration_ms=5, error_kind=kind, error_message=message))
    assert found
    return found


def page(title: str, heading: str, text: str = "") -> str:
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title><script>var t = 1;</script></head>"
        f"<body><h1>{heading}</h1><p>{text}</p></body></html>"
    )


ALIKE = {
    "uuids": ("Job 550e8400-e29b-41d4-a716-446655440000 lost", "Job 7d444840-9dc0-11d1-b245-5ffdce74fad2 lost"),
    "hashes": ("commit 9fceb02d0ae598e95dc970b74767f19372d61af8 is gone", "commit da39a3ee5e6b4b0d is gone"),
    "a hash that is all digits": ("trace 8f3a9b2c unknown", "trace 12345678 unknown"),
    "ulids": ("run 01ARZ3NDEKTSV4RRFFQ69G5FAV failed", "run 01BX5ZZKBKACTAV9WEVGEMMVRZ failed"),
    "tokens in base 64": ("key dGhlIHF1aWNrIGJyb3duIGZveA== bad", "key YSBsYXp5IGRvZyBqdW1wcyBvdmVyIQ== bad"),
    "tokens safe for urls": ("key kT4-x9_LmQ2vR7sW bad", "key Zp0aBc-D1eF_gH2iJ bad"),
    "prefixed ids": ("request req_8f3a9b2c1d7e failed", "request req_00aa11bb22cc failed"),
    "idempotency keys": (
        "deploy_0f8fad5bd9cb469fa16570867728950e was seen before",
        "deploy_7c9e6679742540de944be07fc1f90ae7 was seen before",
    ),
    "pods": ("no answer from web-7f9c4d5b6-x2bq9", "no answer from web-5d8f7c9b4-k8j2p"),
    "numbers": ("3 of 12 workers are busy", "11 of 12,000 workers are busy"),
    "signed and broken numbers": ("load is -0.5", "load is 12.75"),
    "lists of numbers": ("shards 1, 2, 3 are down", "shards 4, 5 are down"),
    "iso times": ("down since 2026-11-25T12:00:00.123Z", "down since 2026-11-26T01:02:03+02:00"),
    "times with a space": ("down since 2026-11-25 12:00:00 UTC", "down since 2026-01-02 03:04:05 UTC"),
    "http dates": ("until Wed, 25 Nov 2026 12:00:00 GMT", "until Fri, 04 Dec 2026 08:15:59 GMT"),
    "dates of the log": ("at [25/Nov/2026:12:00:00 +0000]", "at [04/Dec/2026:08:15:59 +0100]"),
    "dates in words": ("until November 25, 2026 at 12:00 PM", "until May 4, 2027 at 8:05 AM"),
    "durations": ("try again in 60 seconds", "try again in 2 minutes"),
    "short durations": ("took 350ms", "took 1.5s"),
    "ipv4": ("client 203.0.113.9 refused", "client 198.51.100.44:8080 refused"),
    "ipv6": ("client 2001:db8::1 refused", "client fe80::1ff:fe23:4567:890a refused"),
    "e-mail": ("ask ana@example.com", "ask bo.li+ops@mail.example.org"),
    "urls": ("see https://status.example.com/incidents/42?x=1", "see https://status.example.com/"),
    "quoted values": ('project "acme-shop" is suspended', 'project "Blue Bottle 2" is suspended'),
    "quoted values in single quotes": ("can't find 'acme-shop' here", "can't find 'blue.bottle' here"),
    "spaces": ("upstream  busy\r\n", " upstream busy"),
    "order of keys": (
        '{"error":{"code":"busy","message":"Too busy."},"id":1}',
        '{"id":2,"error":{"message":"Too busy.","code":"busy"}}',
    ),
    "values of json": (
        '{"message":"Try again","requestId":"a","nodes":["n1","n2"],"ok":false}',
        '{"message":"Try again","requestId":"b","nodes":["n3"],"ok":null}',
    ),
    "json that is cut off": (
        '{"code":"busy","message":"No room for job 12","trace":"' + "a" * 1_900,
        '{"code":"busy","message":"No room for job 977","trace":"' + "b" * 1_700,
    ),
    "pages": (
        page("503 Busy", "Busy", "Ray ID 7f1a, your IP 203.0.113.9"),
        page("503 Busy", "Busy", "Ray ID 99bc, sorry"),
    ),
    "what follows a long beginning": ("busy " * 100 + "a", "busy " * 100 + "b"),
}
UNLIKE = {
    "words": ("upstream busy", "upstream gone"),
    "codes in text": ("Error E1001", "Error E2002"),
    "codes in json": ('{"error":{"code":"busy"}}', '{"error":{"code":"gone"}}'),
    "numeric codes in json": ('{"code":1020,"message":"No."}', '{"code":1015,"message":"No."}'),
    "messages in json": ('{"message":"Too busy."}', '{"message":"Not found."}'),
    "keys of json": ('{"message":"No.","retry":true}', '{"message":"No.","fatal":true}'),
    "quoted names of fields": ("'hookUrl' is missing", "'project' is missing"),
    "titles": (page("Busy", "Oops"), page("Gone", "Oops")),
    "headings": (page("Acme", "Busy"), page("Acme", "Gone")),
    "pages without title or heading": ("<p>Busy</p>", "<p>Gone</p>"),
    "nothing and something": ("", "busy"),
}


@pytest.mark.parametrize(("one", "other"), ALIKE.values(), ids=ALIKE)
def test_what_varies_from_failure_to_failure_makes_no_difference(one, other):
    assert of(one) == of(other)


@pytest.mark.parametrize(("one", "other"), UNLIKE.values(), ids=UNLIKE)
def test_what_tells_causes_apart_makes_a_difference(one, other):
    assert of(one).fingerprint != of(other).fingerprint


def test_a_success_looks_like_no_failure():
    assert likeness(HOST, AttemptOutcome(duration_ms=5, status_code=204)) is None


def test_host_status_and_phase_each_make_a_difference():
    likenesses = [
        of("busy"),
        of("busy", code=502),
        of("busy", host="other.example.com"),
        of_silence(ErrorKind.READ, "busy"),
        of_silence(ErrorKind.CONNECT, "busy"),
    ]

    assert len({one.fingerprint for one in likenesses}) == len(likenesses)


def test_the_words_of_openssl_which_differ_from_version_to_version_make_no_difference():
    messages = ("wrong version number", "record layer failure")
    one, other = (of_silence(ErrorKind.TLS, f"The TLS handshake failed ({words}).") for words in messages)

    assert one == other
    assert one != of_silence(ErrorKind.TLS, "The certificate is not trusted: certificate has expired.")


def test_a_likeness_says_what_it_is_made_of():
    answered, refused = of("Job 12 lost"), of_silence(ErrorKind.TIMEOUT, "No complete answer within 15 s.")

    assert (answered.host, answered.phase, answered.status_code, answered.shape) == (HOST, "status", 503, "Job # lost")
    assert (refused.phase, refused.status_code, refused.shape) == ("timeout", None, "No complete answer within <time>.")


@pytest.mark.parametrize(
    ("answer", "shape"),
    [
        ('{"error":{"code":"busy","message":"Job 12 lost"}}', "Job # lost · busy {error.code, error.message}"),
        (page("503 Busy", "Busy &amp; sorry"), "# Busy · Busy & sorry"),
        ("<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "AccessDenied"),
        ('"Service unavailable"', "Service unavailable"),
        ('["a", 1]', "{[]}"),
    ],
)
def test_answers_are_reduced_to_what_they_say(answer, shape):
    assert of(answer).shape == shape


def test_a_fingerprint_says_by_which_rules_it_was_made_and_stays_the_same_for_good():
    """A change of the rules that changes this must raise their version: stored groups are found by it."""
    assert of("Job 12 lost").fingerprint == "1:bc6defcbb6e0fc7a51cc9504"


def test_what_the_demo_answers_looks_different_for_each_kind():
    found = [likeness(HOST, answer.outcome) for name, answer in ANSWERS.items() if name != "ok"]

    assert len({one.fingerprint for one in found if one}) == len(ANSWERS) - 1


SECRET = "prj-0f8fad5bd9cb469fa16570867728950e"


@pytest.mark.parametrize("answer", ["Cannot POST /hooks/{}", "https://{}.example.com/{}", '{{"message":"no {}"}}'])
def test_a_secret_that_an_answer_repeats_is_not_kept(answer):
    assert "0f8fad5b" not in of(answer.format(SECRET, SECRET)).shape


# Properties. Ids are drawn from a seeded generator: only what looks random is told from words.


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

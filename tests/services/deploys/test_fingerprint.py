"""Which failures look alike: a table of pairs, and properties of any text."""

import pytest

from models import ErrorKind
from services.deploys.fingerprint import Likeness, likeness
from services.deploys.outcome import AttemptOutcome
from services.seed.answers import ANSWERS

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

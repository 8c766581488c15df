"""Failure groups in words."""

import pytest

from models import ErrorKind, FailureGroup
from services.deploys.failure_words import GIST_LIMIT, gist, title, trend

HOST = "builds.example.com"


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ("upstream busy", "503 from builds.example.com: upstream busy"),
        ("# Service Unavailable.", "503 from builds.example.com: Service Unavailable"),
        ("Too busy. · busy {error.code, error.message}", "503 from builds.example.com: Too busy"),
        ("Try again in <time>.", "503 from builds.example.com: Try again in …"),
        ("{id, ok}", "503 from builds.example.com: JSON {id, ok}"),
        ("", "503 from builds.example.com, without a word"),
    ],
)
def test_an_answer_s_title_says_code_host_and_what_it_says(shape, words):
    assert title(FailureGroup(host=HOST, phase="status", status_code=503, shape=shape)) == words


@pytest.mark.parametrize("kind", ErrorKind)
def test_each_way_to_get_no_answer_has_a_title_of_its_own(kind):
    titles = {
        one: title(FailureGroup(host=HOST, phase=one.value, status_code=None, shape="x", status="open"))
        for one in ErrorKind
    }

    assert len(set(titles.values())) == len(ErrorKind)
    assert HOST in titles[kind] or kind is ErrorKind.INVALID_URL
    assert "{" not in titles[kind]


def test_braces_in_a_host_or_an_unknown_phase_are_only_text():
    assert title(FailureGroup(host="{x}", phase="connect", shape="{z}")) == "No connection to {x}: {z}"
    assert title(FailureGroup(host=HOST, phase="{y}", shape="")) == "{y} at builds.example.com"
    assert title(FailureGroup(host="", phase="timeout", shape="")) == "No answer from a hook without a host in time"


@pytest.mark.parametrize(
    ("phase", "shape", "words"),
    [
        (
            "connect",
            "The connection could not be made: Connection refused.",
            "No connection to builds.example.com: connection refused",
        ),
        ("connect", "", "No connection to builds.example.com: no reason is known"),
        (
            "tls",
            "The certificate is not trusted: certificate has expired.",
            "No secure connection to builds.example.com: the certificate is not trusted: certificate has expired",
        ),
    ],
)
def test_where_no_connection_was_made_the_title_says_why(phase, shape, words):
    assert title(FailureGroup(host=HOST, phase=phase, shape=shape)) == words


def test_a_title_is_never_long():
    assert len(gist("busy " * 60)) <= GIST_LIMIT
    assert len(gist("{" + "key, " * 60 + "}")) <= GIST_LIMIT


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ([0] * 24, "None failed in the last 24 hours."),
        ([0, 7, 2], "9 failed in the last 3 hours, 2 of them this hour; most the hour before (7)."),
        ([1_000, 7, 0], "1,007 failed in the last 3 hours, 0 of them this hour; most 2 hours ago (1,000)."),
        ([4, 4], "8 failed in the last 2 hours, 4 of them this hour; most this hour (4)."),
    ],
)
def test_a_trend_is_one_sentence(hours, words):
    assert trend(hours) == words

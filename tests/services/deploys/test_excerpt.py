"""What is kept of an answer."""

import gzip
import tracemalloc
import zlib
from time import perf_counter

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.deploys import excerpt
from services.deploys.outcome import EXCERPT_LIMIT
from services.deploys.wire import READ_LIMIT
from tests.records import HOOK


def of(raw, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return excerpt.of_answer(httpx.Response(200, headers=headers), raw, HOOK)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"no such hook", mtime=0)),
        ("GZIP", gzip.compress(b"no such hook", mtime=0)),
        ("x-gzip", gzip.compress(b"no such hook", mtime=0)),
        ("deflate", zlib.compress(b"no such hook")),
        ("identity", b"no such hook"),
        ("gzip", b"no such hook"),
    ],
)
def test_a_packed_answer_is_readable_although_none_was_asked_for(encoding, body):
    assert of(body, content_encoding=encoding) == "no such hook"


def test_of_a_packed_answer_that_was_cut_what_came_is_kept():
    assert of(gzip.compress(b"no such hook" * 50, mtime=0)[:-12], content_encoding="gzip").startswith("no such hook")


def test_a_bomb_is_inflated_no_further_than_the_limit():
    bomb = gzip.compress(b"0" * 50_000_000, mtime=0)[:READ_LIMIT]
    tracemalloc.start()
    try:
        inflated = excerpt.inflated(bomb, "gzip")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert len(inflated) <= READ_LIMIT
    assert peak < 1_000_000


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [
        ("latin-1", "déjà".encode("latin-1"), "déjà"),
        ("ISO-8859-15", "5 €".encode("iso-8859-15"), "5 €"),
        ("windows-1252", "“hi”".encode("cp1252"), "“hi”"),
        ("shift_jis", "日本".encode("shift_jis"), "日本"),
        ("utf-16", "hi".encode("utf-16"), "hi"),
        ("klingon", b"hi", "hi"),
        ("hex", b"6869", "6869"),
        ("rot13", b"hi", "hi"),
        ("unicode_escape", rb"\u0041\d", r"\u0041\d"),
        ("idna", b"xn--a", "xn--a"),
        ("../../etc/passwd", b"hi", "hi"),
        ("x" * 10_000, b"hi", "hi"),
        ("", b"hi", "hi"),
    ],
)
def test_the_declared_charset_is_used_if_it_is_one(charset, body, text):
    assert of(body, content_type=f"text/plain; charset={charset}") == text


def test_what_hides_or_turns_text_is_removed_and_what_writes_it_is_not():
    body = "a\x00b\x1b[31mc\td\r\ne\u202egpj.exe\u2066\u200f\ufeff\u0085\x7f 👩‍💻 né"

    assert of(body.encode()) == "ab[31mc\td\negpj.exe 👩‍💻 né"


@given(
    st.binary(max_size=300),
    st.one_of(st.none(), st.text(max_size=12), st.sampled_from(["utf-16", "utf-7", "idna", "punycode", "rot13"])),
    st.one_of(st.none(), st.text(max_size=8), st.sampled_from(["gzip", "deflate", "br"])),
)
def test_whatever_bytes_come_the_excerpt_can_be_stored(body, charset, encoding):
    text = excerpt.clean(excerpt.inflated(body, encoding), charset, HOOK)

    assert "\x00" not in text
    assert len(text) <= EXCERPT_LIMIT
    assert text.encode().decode() == text


@given(st.text(max_size=40))
def test_whatever_content_type_comes_it_has_a_charset_or_none(content_type):
    response = httpx.Response(200, headers=[(b"content-type", content_type.encode("utf-8", "replace"))])

    assert isinstance(excerpt.charset_of(response), str | None)


@pytest.mark.parametrize("charset", sorted(excerpt.CHARSETS))
def test_no_charset_takes_long_for_the_longest_answer(charset):
    started = perf_counter()

    excerpt.clean(b"+-\x1b$B~{" * (READ_LIMIT // 7), charset, HOOK)

    assert perf_counter() - started < 2

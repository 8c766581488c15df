"""Secrets in exports: what PostgreSQL and the screen of its lines leave is what Python's own rule leaves."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services import masks
from services.exports import copying
from services.exports.columns import Column, Kind
from services.exports.formats import Format
from services.exports.screen import LETTERS, WORDS, Screen
from services.exports.statement import statement_for
from services.exports.values import text_of
from services.secrets import is_secret_key

COLUMNS = (
    Column("id", "Id", Kind.NUMBER),
    Column("note", "Note", Kind.TEXT),
    Column("vercel_hook_url", "Hook URL", Kind.TEXT),
    Column("repo_url", "Repository", Kind.TEXT),
    Column("password", "Password", Kind.TEXT),
    Column("survey", "Survey", Kind.JSON),
    Column("env_config", "Environment", Kind.JSON),
)

words = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12)
hosts = st.sampled_from(
    [
        "hooks.example.com",
        "Hooks.Example.com",
        "a:80",
        "a:0080",
        "a:0",
        "a:99999",
        "a:x",
        "u:p@h",
        "[::1]",
        "[x",
        "bücher.example",
        "",
        "h?q=1",
        "h#f",
        "a b",
        "a\tb",
        "ａ",
        "℀.example",
        'a"b',
        "a,b",
        "-",
        "a:9999",
        "a:",
    ]
)
tails = (
    st.sampled_from(
        ["", "/", "//x", "/short", "/deploy/0123456789abcdef", "//deploy/0123456789abcdef", "/ümläute-und-mehr-davon"]
    )
    | words
)
schemes = st.sampled_from(["https://", "http://", "HTTPS://", "ftp://", "//", "", " https://", "https:///", "http:///"])
urls = st.builds("{}{}{}".format, schemes, hosts, tails) | words
keys = words | st.sampled_from(
    [
        "vercelHookOverride",
        "://hooks.example.com",
        "api key",
        "apiKey\n",
        "toKen",
        "paſſword",
        "confıg",
        "env_confİg",
        'a"token"b',
        "deploy-key",
        "monkey",
        "keys",
        "pass",
        "PASSPHRASE",
        "hook\\",
        'secret":',
    ]
)
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | words
    | urls
    | st.sampled_from(["the deploy hook", "https://u:p@h/x", "ssh://git@h/x"])
)
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=3), max_leaves=6
)
objects = st.dictionaries(keys, values, max_size=3)
plain_urls = st.builds("https://{}/deploy/0123456789abcdef{}".format, hosts, words)
rows = st.lists(  # most are plain, so that PostgreSQL does not mark them
    st.tuples(
        words | urls,
        st.none() | plain_urls | urls,
        st.none() | words,
        st.none() | words,
        objects | objects | values,
        st.just({}) | st.just({}) | st.just({}) | values,
    ),
    min_size=1,
    max_size=10,
)


def read(connection: Any, given_rows: Any, file_format: Format) -> bytes:
    """The lines of a file of these rows."""
    driver = connection.connection.dbapi_connection
    cells = [[number, *row[:4], *map(json.dumps, row[4:])] for number, row in enumerate(given_rows)]
    cursor = driver.cursor()
    cursor.execute(
        "CREATE TEMPORARY TABLE IF NOT EXISTS exported (c0 int, c1 text, c2 text, c3 text, c4 text, c5 jsonb, c6 jsonb)"
    )
    cursor.execute("TRUNCATE exported")
    cursor.executemany("INSERT INTO exported VALUES (%s, %s, %s, %s, %s, %s, %s)", cells)
    selection = "SELECT c0, c1, c2, c3, c4, c5::text AS c5, c6::text AS c6 FROM exported ORDER BY c0"
    statement = statement_for(selection, COLUMNS, file_format, "UTC")
    screen = Screen(statement)
    return b"".join(screen.block(block) for block in copying.rows_of(driver, statement.sql))


def canonical(value: Any) -> Any:
    """JSON as jsonb keeps it: the shorter keys first."""
    if isinstance(value, dict):
        return {key: canonical(value[key]) for key in sorted(value, key=lambda key: (len(key.encode()), key.encode()))}
    return [canonical(entry) for entry in value] if isinstance(value, list) else value


@given(rows)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example([("a", "https:///deploy/0123456789abcdef", "https://u:p@h/x", "x", {"confıg": 1}, {"a": 1})])
@example([("a", "https://a\tb/deploy/0123456789abcdef", None, None, {}, {})])
@example([("a", "https://hooks.example.com/deploy/0123456789abcdef\n", None, None, {}, {})])
@example([("a", "http:///deploy/0123456789abcdef", None, None, {"a": 1}, {})])
@example([("a", "https://hooks.example.com/hooks/swift/deploy?token=k9Fj", None, None, {}, {})])
@example([("a", "https://hooks.example.com/0123456789abcdef/a.bcdefgh", None, None, {}, {})])
@example([("a", None, None, None, {"a": "//x@y"}, {}), ("a", None, None, None, {"a": [{"apiKeys": "s"}]}, {})])
@example([('=a"\r\nb', "https://hooks.example.com/deploy/0123456789abcdef", None, None, {"://hooks": "x"}, [1])])
@example(
    [("a", None, '=HYPERLINK("x")', None, {}, {}), ("a", None, "@x", None, {}, {}), ("a", "@x", "-1", "=1", {}, {})]
)
@example([("a", None, None, None, {"note": "x"}, None), ("b", None, None, None, {"apiKey": "s"}, "s")])
def test_what_is_masked_in_sql_is_what_python_masks(connection, given_rows):
    found = list(csv.reader(io.StringIO(read(connection, given_rows, Format.CSV).decode(), newline="")))
    lines = [json.loads(line) for line in read(connection, given_rows, Format.JSONL).splitlines()]

    for number, row in enumerate(given_rows):
        shown = [number] + [
            masks.masked(column.name, canonical(value)) for column, value in zip(COLUMNS[1:], row, strict=True)
        ]
        expected = [
            str(text_of(value, UTC, is_json=column.kind is Kind.JSON))
            for column, value in zip(COLUMNS, shown, strict=True)
        ]
        assert found[number] == expected
        assert list(lines[number].values()) == shown


@given(st.text(max_size=30) | keys)
@example("api keys")
@example("ENV-config")
def test_each_key_that_is_secret_has_a_word_or_a_letter_that_is_looked_for(key):
    low = key.encode("utf-8", "surrogatepass").lower()

    if is_secret_key(key):
        assert any(word in low for word in WORDS) or any(letter in key for letter in LETTERS)


def test_a_secret_in_json_that_is_nested_too_deep_to_look_through_is_cut(connection):
    deep = "[" * 3_000 + '{"token": "s3cret"}' + "]" * 3_000
    driver = connection.connection.dbapi_connection
    columns = (replace(COLUMNS[5]),)
    for file_format in (Format.CSV, Format.JSONL):
        statement = statement_for(f"SELECT '{deep}'::text AS c0", columns, file_format, "UTC")
        [block] = copying.rows_of(driver, statement.sql)
        assert b"s3cret" not in Screen(statement).block(block)

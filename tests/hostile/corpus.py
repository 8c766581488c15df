"""Hostile input: what is sent, and the names under which anything takes it."""

from urllib.parse import quote

MARK = "<x-taint onmouseover=alert(1)>"
"""Raw, it would be an element; so it is in what is stored, and in what is sent."""
CORPUS = (
    "' OR '1'='1' --",
    "1); DROP TABLE users; --",
    "$$; SELECT pg_sleep(9); --",
    f"'\"{MARK}",
    f"a\r\nX-Evil: 1\r\nSet-Cookie: evil=1\r\n\r\n{MARK}",
    "../../../../../../etc/passwd",
    "..\\..\\config.py",
    "a\x00b",
    "\udced\udca0\udc80",
    "\udcc0\udcaf\udcc0\udcae",
    "\u202egnp.exe\u2066\u2069",
    "аdmin@example.com",
    "ＡＤＭＩＮ＠ｅｘａｍｐｌｅ.com\u200b",
    "e\u0301" * 300,
    "9" * 5_000,
    "-9223372036854775809",
    "1e999",
    '{"a":' * 2_000,
    "[" * 2_000,
    "{{7*7}}{% print 1 %}%s%n{0.__class__}${7*7}",
    "=HYPERLINK(1)",
    "//evil.example/",
    "https://evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
    "\t//evil.example",
    "",
    " ",
    "null",
)
"""What is sent; lone surrogates stand for bytes that are no UTF-8, an encoded surrogate and an overlong slash."""
ARGUMENTS = (
    *("search", "id", "url", "page", "page_size", "sort", "desc", "view", "cursor", "columns", "fields", "format"),
    *("zone", "flt0_status_equals", "flt1_created_at_between", "flt2a_id_in_list", "flt_", "flt0_", "q", "next"),
    *("back", "host", "group", "tab", "order", "part", "status", "room", "start", "after", "limit", "as_of", "all"),
    *("failed_since", "deploys", "recovery", "name", "query", "offset", "last_event_id", "window", "_method", "rowid"),
)
FIELDS = (
    *("email", "password", "password_confirm", "new_password", "new_password_confirm", "remember", "next", "code"),
    *(
        "recovery_code",
        "credential",
        "answer",
        "name",
        "token",
        "action",
        "rowid",
        "id",
        "events",
        "job",
        "list_form_pk",
    ),
    *("value", "density", "columns", "column", "page_size", "sort", "to", "role", "reason", "person", "url", "seen"),
)
ODD_TYPES = (
    "application/json",
    "text/plain",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
    "x;=\x7f",
)

REAL = {
    "export_type": "csv",
    "widget": "funnel",
    "step": "purpose",
    "view": "deploy",
    "action": "cancel",
    "filename": "css/tokens.css",
    "token": "x",
    "fingerprint": "1:known",
}
"""What stands in paths for other arguments than ids."""
PLURALS = {
    "sessions": "session",
    "projects": "project",
    "deploys": "failed",
    "deploy": "failed",
    "attempts": "attempt",
    "rooms": "room",
    "studio": "project",
    "bulk": "job",
    "recoveries": "recovery",
    "failures": "group",
    "failure-groups": "group",
    "views": "view",
    "wizard": "draft",
    "tokens": "token",
    "people": "person",
    "project_config": "config",
    "user": "person",
    "api_token": "token",
    "audit_event": "event",
}
"""What ids in paths and of lists are of, by the names of `records_of`."""


def sent(text):
    """The text as an address holds it."""
    return quote(text.encode("utf-8", "surrogateescape"), safe="")


def queried(pairs):
    return "&".join(f"{name}={sent(text)}" for name, text in pairs)

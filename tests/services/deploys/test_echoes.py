"""What an answer repeats of the hook that was called is not kept."""

import json
from base64 import b64encode, urlsafe_b64encode
from textwrap import wrap
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.deploys import echoes

HOOK = "https://api.example.com/v1/deploy/prj_Ab%2F12345/XyZ-98765?token=s3cr3t-value&x=1"
SECRET = "k9Fj3lSd8f"
TARGET = f"/v1/integrations/deploy/prj_AbCdEf123456/{SECRET}"


@pytest.mark.parametrize(
    "echo",
    [
        HOOK,
        "/v1/deploy/prj_Ab%2F12345/XyZ-98765?token=s3cr3t-value&x=1",
        "Cannot POST /v1/deploy/prj_Ab%2F12345/XyZ-98765",
        "no project prj_Ab/12345 here",
        "hook XyZ-98765 is gone",
        "wrong token s3cr3t-value",
        "token=s3cr3t-value&amp;x=1",
        "xyz-98765 in lower case",
    ],
)
def test_an_answer_that_repeats_the_url_is_kept_without_the_secret(echo):
    kept = echoes.without(f"<pre>{echo}</pre>", HOOK)

    for secret in ("prj_Ab", "12345", "98765", "s3cr3t-value"):
        assert secret not in kept
    assert kept.startswith("<pre>")
    assert kept.endswith("</pre>")


@pytest.mark.parametrize(
    "target",
    [
        f"/hook/{SECRET}.json",
        f"/hook/site:{SECRET}",
        f"/hook;key={SECRET}",
        f"/hook?{SECRET}",
        f"/hook?id=1&{SECRET}",
        f"/hook?a=1;token={SECRET}",
        f"/hook/12345678:{SECRET}",
        f"/hook?key={SECRET}#there",
    ],
)
def test_a_secret_is_known_again_wherever_in_the_url_it_stands(target):
    kept = echoes.without(f"There is no {SECRET} here.", f"https://hooks.example.com{target}")

    assert kept == "There is no … here."


@pytest.mark.parametrize(
    "echo",
    [
        TARGET.upper(),
        quote(TARGET, safe=""),
        quote(quote(TARGET, safe="")),
        json.dumps({"path": TARGET}).replace("/", r"\/"),
        json.dumps({"path": TARGET}).replace("/", r"\u002f"),
        "\n".join(wrap(SECRET, 4)),
        f"Cannot POST {TARGET}"[:-1],
        f"{TARGET[:-2]}… not found",
        *(b64encode(f"{before}{TARGET}".encode()).decode() for before in ("", "x", "xx")),
        urlsafe_b64encode(TARGET.encode()).decode(),
    ],
)
def test_a_secret_is_known_again_however_it_is_written(echo):
    kept = echoes.without(echo, f"https://api.example.com{TARGET}")

    told = "".join(kept.split()).lower()
    assert SECRET[:8].lower() not in told
    assert b64encode(SECRET.encode()).decode()[1:-3].lower() not in told


@pytest.mark.parametrize(
    ("written", "answered"), [("a%26b9Fj3lSd", r"a\u0026b9Fj3lSd"), ('a"b9Fj3lSd', r"a\"b9Fj3lSd")]
)
def test_signs_that_json_escapes_hide_nothing(written, answered):
    kept = echoes.without(f'{{"token": "{answered}"}}', f"https://hooks.example.com/hook?token={written}")

    assert kept == '{"token": "…"}'


@given(
    st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="/?#&;=+%"), min_size=16),
    st.text(max_size=20),
    st.text(max_size=20),
)
def test_no_secret_whatever_is_left_as_it_was_sent(secret, before, after):
    for target in (f"/{secret}", f"/hook?key={secret}"):
        assert secret not in echoes.without(f"{before}{secret}{after}", f"https://hooks.example.com{target}")


@pytest.mark.parametrize("secret", ["k9Fj", "swift", "letmein", "thequickfox"])
@pytest.mark.parametrize("target", ["/hook/{}", "/hook?token={}", "/hook?{}", "/hook/site:{}.json"])
@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("No {}, sorry.", "No …, sorry."),
        ('{{"token": "{}"}}', '{{"token": "…"}}'),
        ("go to %2F{}%2F", "go to %2F…%2F"),
        (r"\u002f{}\u0022", r"\u002f…\u0022"),
    ],
)
def test_short_parts_and_such_that_look_like_words_are_secrets_too(secret, target, answer, kept):
    assert echoes.without(answer.format(secret), f"https://hooks.example.com{target.format(secret)}") == kept.format()


def test_a_short_secret_is_not_taken_out_of_other_words():
    assert echoes.without("She has taken ash-1.", "https://hooks.example.com/hook/take/hash") == "She has taken ash-1."


@pytest.mark.parametrize(
    "answer",
    [
        '{"error": "The requested deploy hook was not found.", "v1": 1}',
        "The token is missing: no deployments of integrations.",
    ],
)
def test_an_answer_that_repeats_nothing_is_kept_as_it_is(answer):
    for url in (HOOK, f"https://api.example.com{TARGET}", "https://api.example.com/deployments-of-it?token2=abc"):
        assert echoes.without(answer, url) == answer


@pytest.mark.parametrize(
    "url", ["https://example.com", "https://example.com/", "nonsense", "https://[::1", "http://a/b"]
)
def test_a_url_without_a_secret_leaves_answers_alone(url):
    assert echoes.without("<p>a/b, //</p>", url) == "<p>a/b, //</p>"

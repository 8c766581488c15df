"""Requests as commands, read by a real shell."""

import json
import subprocess

import pytest

from services import curl

HOSTILE = (
    "it's",
    'a "quoted" word',
    "two\nlines",
    "$(touch /tmp/never)",
    "`touch /tmp/never`",
    "; rm -rf .; #",
    "$HOME ${HOME} !! \\ \\\\ \\'",
    "--next -K config",
    "@/etc/passwd",
    "\u202eevil\u202c عربي 💥",
    "",
)


def words_of(command, **environment):
    """The words that a shell makes of a command, but for the program itself."""
    script = f"curl() {{ printf '%s\\0' \"$@\"; }}\n{command}\n"
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"} | environment
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=True, env=environment, timeout=10)
    assert done.stderr == b""
    return done.stdout.decode().split("\0")[:-1]


def test_a_request_is_a_command_on_a_line_for_each_part():
    command = curl.command("POST", "https://hooks.example.com/…cdef", [("webhook-id", "deploy_1")], {"type": "x"})

    assert command == (
        "curl --request POST \\\n"
        "  --url https://hooks.example.com/…cdef \\\n"
        "  --header 'webhook-id: deploy_1' \\\n"
        '  --data-raw \'{"type": "x"}\''
    ).replace("https://hooks.example.com/…cdef", "'https://hooks.example.com/…cdef'")


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_a_value_holds_is_one_word_to_a_shell(text):
    body = {"prompt": text, text: [text]}

    words = words_of(curl.command(text, text, [("x-one", text), (text, "two")], body))

    assert words[:8] == ["--request", text, "--url", text, "--header", f"x-one: {text}", "--header", f"{text}: two"]
    assert words[8] == "--data-raw"
    assert json.loads(words[9]) == body


def test_a_request_without_a_body_sends_none():
    assert words_of(curl.command("GET", "https://example.com/")) == [
        "--request",
        "GET",
        "--url",
        "https://example.com/",
    ]


@pytest.mark.parametrize("address", ["https://console.example.com/api/deploys/1", *HOSTILE])
def test_the_token_of_a_programs_request_comes_from_the_shell_and_is_not_in_the_command(address):
    command = curl.api_command(address)

    assert words_of(command, TOKEN="t0p s3cret") == ["--header", "Authorization: Bearer t0p s3cret", "--url", address]
    assert "t0p" not in command

"""The receiver that is POSTed to answers on each of its addresses, as often as it is asked, and ends with its block."""

import time

import httpx
import psutil

from bench.processes import process, receiver
from bench.receiver import end_of_request

POST = b"POST /deploy/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"


def test_a_request_ends_where_its_body_does():
    assert end_of_request(POST) == len(POST)
    assert end_of_request(POST + POST) == len(POST)
    assert end_of_request(POST[:-1]) is None
    assert end_of_request(POST[:20]) is None


def test_it_answers_many_posts_over_one_connection(tmp_path):
    with receiver(tmp_path, {"127.0.0.1": 0}) as bases, httpx.Client(trust_env=False) as client:
        answers = [client.post(f"{bases['127.0.0.1']}/deploy/{number}", json={}) for number in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len({id(answer.extensions["network_stream"]) for answer in answers}) == 1


def test_it_closes_where_it_is_asked_to(tmp_path):
    with receiver(tmp_path, {"127.0.0.1": 0}) as bases:
        answer = httpx.post(f"{bases['127.0.0.1']}/deploy/1", headers={"Connection": "close"}, trust_env=False)

    assert answer.headers["Connection"] == "close"
    assert answer.json()["job"]["state"] == "PENDING"


def test_a_slow_address_does_not_hold_up_another(tmp_path):
    with receiver(tmp_path, {"127.0.0.1": 0, "127.0.0.2": 0.5}) as bases:
        httpx.post(bases["127.0.0.1"], trust_env=False)
        began = time.monotonic()
        httpx.post(bases["127.0.0.2"], trust_env=False)

    assert 0.5 <= time.monotonic() - began < 5


def test_a_process_ends_with_its_block_and_is_told_no_setting(tmp_path, monkeypatch):
    monkeypatch.setenv("WEBHOOK_SECRETS", "whsec_secret")
    code = "import os, time; print(sorted(os.environ), flush=True); time.sleep(60)"

    with process(tmp_path, "sleeper", "-c", code) as child:
        while not (told := child.log.read_text()).endswith("\n"):
            assert not child.has_ended
            time.sleep(0.02)

    assert "WEBHOOK_SECRETS" not in told
    assert "PATH" in told
    assert not psutil.pid_exists(child.process.pid)

"""The first run: `make demo`'s own launcher, and what a newcomer does in the first two minutes."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from config import ROOT
from tests.e2e.pages import Form, Page, Person
from tests.workers import eventually

PASSWORD = "a first run of the console"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demo with a folder of its own, stopped as Ctrl-C would stop it."""
    folder = Path(tmp_path_factory.mktemp("demo"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"PORT": str(port), "CONSOLE_DATA_DIR": str(folder), "CONSOLE_DEMO_PASSWORD": PASSWORD}
    output = folder / "demo.log"
    with output.open("wb") as log:
        demo = subprocess.Popen([sys.executable, "-m", "demo"], cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        eventually(lambda: demo.poll() is not None or "Ctrl-C" in output.read_text(), within_s=120)
        assert demo.poll() is None, output.read_text()
        yield f"http://127.0.0.1:{port}"
    finally:
        demo.send_signal(signal.SIGINT)
        code = demo.wait(timeout=60)
    assert code in (0, 130), output.read_text()
    assert left_behind(folder) == []


def left_behind(folder: Path) -> list[str]:
    """The processes that still know the folder."""
    processes = psutil.process_iter(["cmdline", "status"])
    alive = [process.info["cmdline"] or [] for process in processes if process.info["status"] != psutil.STATUS_ZOMBIE]
    return [command for command in map(" ".join, alive) if str(folder) in command and "pytest" not in command]


@pytest.fixture
def operator(address: str) -> Iterator[Person]:
    with Person(address) as person:
        assert person.sign_in("operator@example.com", PASSWORD).path == "/console/"
        yield person


def attempts(person: Person, session_path: str) -> int:
    return len(re.findall(r"Attempt \d+", person.look_at(session_path).text))


def test_the_operator_sees_every_widget_with_data(operator: Person) -> None:
    page = operator.look_at("/console/")

    for widget in ("attention", "funnel", "trends", "projects", "onboarding", "deploys", "quick"):
        assert f'id="widget-{widget}"' in page.html
    assert len(re.findall(r'id="session-', page.html)) == 10
    assert len(re.findall(r'id="project-', page.html)) == 10
    assert len(re.findall(r'id="attempt-', page.html)) == 15
    assert "Conversion" in page.text


def test_each_number_of_the_metrics_leads_to_a_list_with_as_many_rows(operator: Person) -> None:
    page = operator.look_at("/console/")
    numbered = r'class="stat" href="(/admin/[^"]+flt0_status_equals=\w+)".*?class="stat-value">([\d,]+)<'
    links = re.findall(numbered, page.html, re.DOTALL)

    assert len(links) == 7
    for path, number in links:
        assert f"{number.replace(',', '')} record" in operator.look_at(path).text.replace(",", "")


def test_the_operator_retries_a_failed_deploy_and_its_new_attempt_arrives(operator: Person) -> None:
    choose = operator.look_at("/console/").form_to("/console/retry")
    session_id = choose.choices["session"][0]
    session_path = f"/console/sessions/{session_id}"
    before = attempts(operator, session_path)

    page = operator.send(choose, session=session_id)

    assert "queued" in page.text
    eventually(lambda: attempts(operator, session_path) > before)


def test_the_operator_marks_a_project_configured(operator: Person) -> None:
    listed = operator.look_at("/admin/project/?flt0_status_equals=code_generated")
    project_id = re.search(r"/console/projects/([0-9a-f-]{36})|[?&]id=([0-9a-f-]{36})", listed.html)
    assert project_id is not None
    path = f"/console/projects/{project_id[1] or project_id[2]}"
    token = operator.look_at("/console/").form_to("/logout").values

    page = operator.send(Form(f"{path}/configure", "post", token))

    assert page.status == 200
    assert "Deploy configured" in operator.look_at(path).text


ANSWERS = {
    "purpose": "A landing page for a bakery",
    "audience": "People who are hungry",
    "key": "sk-first-run-0123456789-LAST",
}


def answer(person: Person, page: Page) -> Page:
    """Answer the step that the page asks, and go on to the next."""
    step = page.path.partition("?")[0].rpartition("/")[2]
    form = page.form_to(f"/{step}")
    texts = [name for name in form.values if name not in ("csrf_token", *form.choices)]
    values = {name: ANSWERS[step] for name in texts if step in ANSWERS}
    values |= {name: offered[0] for name, offered in form.choices.items()}
    return person.send(form, **values)


def test_the_operator_finishes_a_wizard_and_finds_its_project_and_deploy(operator: Person) -> None:
    page = operator.send(operator.look_at("/console/").form_to("/wizard/start"), anew="1")
    for _ in range(6):
        page = answer(operator, page)
    assert page.path.endswith("/summary")

    done = operator.send(page.form_to("/finish"))
    session_path = re.search(r"/console/sessions/[0-9a-f-]{36}", done.html + done.path)

    assert session_path is not None
    eventually(lambda: "201" in operator.look_at(session_path[0]).text)
    console = operator.look_at("/console/")
    assert console.text.count("A landing page for a bakery") >= 3
    assert "sk-first-run" not in console.html + done.html


def test_a_program_with_a_token_reads_the_summary(address: str) -> None:
    assert httpx.get(f"{address}/healthz", trust_env=False).status_code == 200
    assert httpx.get(f"{address}/readyz", trust_env=False).status_code == 200
    assert httpx.get(f"{address}/api/console/summary", trust_env=False).status_code == 401


@pytest.mark.parametrize("role", ["member", "viewer", "operator", "admin"])
def test_each_of_the_four_people_signs_in(address: str, role: str) -> None:
    with Person(address) as person:
        assert person.sign_in(f"{role}@example.com", PASSWORD).path == "/console/"

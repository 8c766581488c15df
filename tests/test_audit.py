"""`make audit`: what is known to be unsafe ends it, and so does what nobody could be asked of."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from threading import Thread
from types import SimpleNamespace

import pytest

from config import ROOT


@pytest.fixture(scope="module")
def audit():
    loader = SourceFileLoader("audit_of_packages", str(ROOT / "scripts" / "audit"))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.dont_write_bytecode", True)
        patch.setitem(__import__("sys").modules, loader.name, module)  # dataclasses look their module up
        loader.exec_module(module)
        yield module


@pytest.fixture
def osv():
    """An OSV that knows of one advisory about the second package that it is asked of."""
    asked = []

    class Osv(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.extend(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"])
            known = {1: {"vulns": [{"id": "GHSA-x"}]}}
            answer = json.dumps({"results": [known.get(place, {}) for place in range(len(asked))]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *words):
            pass

    with HTTPServer(("127.0.0.1", 0), Osv) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/querybatch", asked
        server.shutdown()


def test_every_package_of_the_front_end_is_asked_of(audit):
    packages = audit.vendored(json.loads((ROOT / "static" / "vendor" / "manifest.json").read_text()))

    assert {"bootstrap", "htmx.org", "@tabler/core"} <= {name for name, _ in packages}


def test_an_advisory_about_a_package_of_the_front_end_is_told(audit, osv, capsys):
    url, asked = osv

    found = audit.ask_osv([("a", "1.0"), ("b", "2.0")], url)

    assert asked[1] == {"package": {"name": "b", "ecosystem": "npm"}, "version": "2.0"}
    assert audit.report([found]) == 1
    assert "UNSAFE    b 2.0: GHSA-x" in capsys.readouterr().out


def test_it_asks_of_pythons_packages_and_of_the_front_ends(audit, osv, capsys, monkeypatch):
    known = {"dependencies": [{"name": "c", "version": "3", "vulns": [{"id": "PYSEC-1"}]}]}
    ran = []

    def run(command, **how):
        ran.append(command)
        return SimpleNamespace(stdout=json.dumps(known), stderr="")

    monkeypatch.setattr("subprocess.run", run)

    assert audit.main(osv[0]) == 1
    assert str(ROOT / "requirements.txt") in ran[0]
    told = capsys.readouterr().out
    assert "UNSAFE    c 3: PYSEC-1" in told
    assert ": GHSA-x" in told


def test_who_can_not_be_asked_is_no_proof_of_safety(audit, capsys):
    found = audit.ask_osv([("a", "1.0")], "http://127.0.0.1:9/")

    assert audit.report([found]) == 2
    assert "NOT ASKED 1 packages of npm: http://127.0.0.1:9/ can't be asked" in capsys.readouterr().out


def test_pip_audit_s_report_is_read_and_what_it_passed_over_is_told(audit, capsys):
    safe, skipped = {"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "Not found on PyPI"}
    unsafe = {"name": "c", "version": "3", "vulns": [{"id": "PYSEC-1"}]}

    assert audit.report([audit.read_pip_audit([safe])]) == 0
    assert audit.report([audit.read_pip_audit([safe, skipped])]) == 2
    assert audit.report([audit.read_pip_audit([safe, skipped, unsafe])]) == 1
    assert "UNSAFE    c 3: PYSEC-1" in capsys.readouterr().out

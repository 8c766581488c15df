"""What Lighthouse says of the pages."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench.errors import BenchError
from bench.figure import Figure, at_least
from bench.pages.place import SECTION, Place
from bench.stage import Stage
from tests.browser.chromium import ARGUMENTS

PACKAGE = "lighthouse@13.5.0"
CATEGORIES = {"performance": "Performance", "accessibility": "Accessibility", "best-practices": "Best practices"}
PAGES = {
    "console": "/console/",
    "list": "/admin/session/",
    "detail": "/console/deploys/{dead_deploy}",
    "wizard": "/wizard/",
}
LIMIT_S = 180
TARGET = at_least(95)
HOW = f"""\
`{PACKAGE}` from npm with its default settings (a phone on a slow 4G connection, simulated) in headless Chromium,
signed in as an operator by a cookie; the median of the runs for each page (console, list of sessions, a deploy, start
of the wizard), and of these the lowest."""


def measure(stage: Stage, place: Place) -> Sequence[Figure]:
    """
    Raises:
        BenchError: there is no npm, or Lighthouse does not work.
    """
    if shutil.which("npx") is None:
        raise BenchError("Lighthouse needs npm: install Node.js, or measure another section.")
    scores = {name: _scores(stage, place, name, path) for name, path in PAGES.items()}
    return [
        Figure(
            SECTION,
            f"Lighthouse: {words}, the lowest page",
            min(page[category] for page in scores.values()),
            "of 100",
            TARGET,
            HOW,
        )
        for category, words in CATEGORIES.items()
    ]


def _scores(stage: Stage, place: Place, name: str, path: str) -> dict[str, float]:
    runs = [_run(stage, place, path) for _ in range(stage.runs)]
    scores = {category: float(median(run[category] for run in runs)) for category in CATEGORIES}
    stage.say(
        f"Lighthouse of the {name}: " + ", ".join(f"{words} {scores[key]:g}" for key, words in CATEGORIES.items())
    )
    return scores


def _run(stage: Stage, place: Place, path: str) -> dict[str, float]:
    report = Path(stage.folder) / "lighthouse.json"
    headers = Path(stage.folder) / "headers.json"
    headers.write_text(json.dumps({"Cookie": f"session={place.cookie}"}))
    command = [
        "npx",
        "--yes",
        PACKAGE,
        place.address(path),
        "--quiet",
        "--output=json",
        f"--output-path={report}",
        f"--extra-headers={headers}",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags=--headless=new {' '.join(ARGUMENTS)}",
    ]
    environment = os.environ | {"CHROME_PATH": _chrome()}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    if done.returncode != 0:
        raise BenchError(f"Lighthouse ended with {done.returncode}: {done.stderr.strip()[-400:]}")
    categories = json.loads(report.read_text())["categories"]
    return {name: round(100 * (categories[name]["score"] or 0)) for name in CATEGORIES}


def _chrome() -> str:
    """Chromium with windows, which Lighthouse starts headless by itself; the one without them knows too little."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if path := shutil.which(name):
            return path
    raise BenchError("Lighthouse needs Chromium or Chrome: on Debian, apt-get install chromium.")

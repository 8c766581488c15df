"""How calm the pages are: nothing shifts, and nothing keeps the browser from answering."""

from collections.abc import Sequence
from statistics import median

from bench.figure import Figure, at_most
from bench.pages.place import SECTION, Place
from bench.stage import Stage

PAGES = {
    "console": "/console/",
    "list": "/admin/deploy/",
    "detail": "/console/deploys/{dead_deploy}",
    "wizard": "/wizard/",
}
SETTLED_MS = 3_000
SHIFT = at_most(0.02)
TASK = at_most(100)
OBSERVER = """
window.calm = {shift: 0, task: 0};
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.calm.shift += entry.value;
}).observe({type: "layout-shift", buffered: true});
addEventListener("load", () => setTimeout(() => new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.calm.task = Math.max(window.calm.task, entry.duration);
}).observe({type: "longtask"}), 0));
"""
SHIFT_HOW = """\
The sum of all layout shifts that Chromium tells of (without those within half a second of an act of the person's) from
the first byte until 3 s after the load event, at 1280 × 800: the worst of the console, a list, a deploy and the wizard,
each the median of the runs."""
TASK_HOW = """\
The longest task of the main thread, as Chromium's `longtask` entries tell it, that begins after the load event, within
3 s of it, on the same pages and visits; a task of less than 50 ms is not told of, and counts as 0."""


def measure(stage: Stage, place: Place) -> Sequence[Figure]:
    shifts, tasks = {}, {}
    for name, path in PAGES.items():
        visits = [_visit(place, path) for _ in range(stage.runs)]
        shifts[name] = median(shift for shift, _ in visits)
        tasks[name] = median(task for _, task in visits)
        stage.say(f"Calm of the {name}: shift {shifts[name]:.4f}, longest task {tasks[name]:.0f} ms")
    return [
        Figure(SECTION, "Layout shift, the worst page", round(max(shifts.values()), 4), "", SHIFT, SHIFT_HOW),
        Figure(
            SECTION, "Longest main-thread task after load, the worst page", max(tasks.values()), "ms", TASK, TASK_HOW
        ),
    ]


def _visit(place: Place, path: str) -> tuple[float, float]:
    """The sum of the layout shifts, and the longest task after load in milliseconds."""
    context = place.visit()
    try:
        context.add_init_script(OBSERVER)
        page = context.new_page()
        page.goto(place.address(path), wait_until="load")
        page.wait_for_timeout(SETTLED_MS)
        calm = page.evaluate("window.calm")
        return float(calm["shift"]), float(calm["task"])
    finally:
        context.close()

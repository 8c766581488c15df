"""The table, results.json and docs/benchmarks.md tell the same, and keep what was not measured this time."""

import json
from datetime import UTC, datetime

from bench.figure import Figure, at_least, at_most
from bench.report import Run, document, results, table

RUN = Run(datetime(2026, 11, 25, 12, 0, tzinfo=UTC), "EPYC, 2 cores", "make bench SECTION=deliveries", 5)
RATE = Figure("deliveries", "Rate", 120.5, "%", at_least(40), "By counting.")
QUEUEING = Figure("deliveries", "Queueing", 6.5, "×", at_most(6), "By waiting.")
SECONDS = Figure("deliveries", "Seconds", 54.0, "s")
LISTS = Figure("records", "Lists", 12.0, "ms", at_most(50), "By reading.")


def test_the_table_says_of_each_figure_what_it_must_reach_and_whether_it_does():
    assert table([RATE, QUEUEING, SECONDS]).splitlines() == [
        "figure    value    must reach  holds",
        "Rate      120.5 %  ≥ 40 %      yes",
        "Queueing  6.5 ×    ≤ 6 ×       NO",
        "Seconds   54.0 s",
    ]


def test_results_are_a_list_with_a_figure_each():
    [rate, queueing] = json.loads(results([RATE, QUEUEING]))

    assert list(rate) == ["section", "figure", "value", "unit", "target", "holds"]
    assert (rate["holds"], queueing["holds"]) == (True, False)


def test_results_keep_other_sections_and_replace_their_own():
    kept = [LISTS.as_json(), RATE.as_json() | {"value": 1.0}, QUEUEING.as_json()]

    found = json.loads(results([RATE], kept))

    assert found == [LISTS.as_json(), RATE.as_json()]


def test_the_document_says_when_where_and_how_it_was_measured():
    text = document("", [RATE, SECONDS], RUN)

    assert "2026-11-25 12:00 UTC, `make bench SECTION=deliveries`, 5 paired runs; EPYC, 2 cores." in text
    assert "| Rate | 120.5 % | ≥ 40 % | yes |" in text
    assert "### Rate\n\nBy counting." in text
    assert "### Seconds" not in text


def test_the_document_keeps_other_sections_and_replaces_its_own():
    first = document("", [LISTS, QUEUEING], RUN)

    second = document(first, [RATE], RUN)

    assert second.count("## deliveries") == second.count("## records") == 1
    assert "| Lists |" in second
    assert "| Queueing |" not in second
    assert "| Rate |" in second


def test_writing_the_same_again_changes_nothing():
    once = document("", [LISTS, RATE], RUN)

    assert document(once, [RATE], RUN) == once
    assert document(once, [LISTS], RUN) == once

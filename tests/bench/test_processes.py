"""What is waited for comes, or it is said why not."""

import sys

import pytest

from bench.errors import BenchError
from bench.processes import process, wait_until


def test_who_waits_is_told_that_the_process_ended(tmp_path):
    with (
        process(tmp_path, "dying", "-c", "print('because'); raise SystemExit(3)") as child,
        pytest.raises(BenchError, match="The dying process ended: because"),
    ):
        wait_until(lambda: False, child, within_s=30, what="Delivery")


def test_who_waits_is_told_that_it_takes_too_long(tmp_path):
    with (
        process(tmp_path, "idle", "-c", "import time; time.sleep(60)") as child,
        pytest.raises(BenchError, match=r"Delivery did not happen within 0\.2 s\."),
    ):
        wait_until(lambda: False, child, within_s=0.2, what="Delivery")


def test_what_has_come_is_not_waited_for(tmp_path):
    with process(tmp_path, "idle", "-c", "import time; time.sleep(60)") as child:
        wait_until(lambda: True, child, within_s=0, what="Delivery")

    assert sys.executable in child.process.args

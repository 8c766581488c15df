"""Figures say on which machine they were measured."""

import platform

from bench.machine import cpu_model, describe


def test_the_processor_is_named_as_the_kernel_names_it():
    assert cpu_model("processor\t: 0\nmodel name\t: AMD EPYC 7B13\nmodel name\t: other\n") == "AMD EPYC 7B13"


def test_where_the_kernel_does_not_say_it_is_the_architecture():
    assert cpu_model("Features : fp asimd") == platform.machine()


def test_the_line_names_python_and_postgresql():
    line = describe("18.6")

    assert line.endswith(f"Python {platform.python_version()}, PostgreSQL 18.6")

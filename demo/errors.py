"""The demo's one error: its message is one line that says what is wrong and what helps."""


class DemoError(Exception):
    """The demo can't start, or can't go on."""

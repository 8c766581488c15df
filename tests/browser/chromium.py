"""The browser of these tests: the system's own Chromium, never a download."""

import os
import shutil

COMMANDS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""What it is called on Debian, Ubuntu and elsewhere; the first, without windows, opens a page three times as fast."""
CHOSEN = "CONSOLE_CHROMIUM"
"""The variable that names another one."""
ARGUMENTS = (
    "--no-sandbox",  # which root, as CI is, can't have; the pages are ours
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--hide-scrollbars",
)


class NoChromiumError(Exception):
    """There is no browser; the message is one line that says what to install."""


def find_chromium() -> str:
    """The path of the browser.

    Raises:
        NoChromiumError: there is none.
    """
    chosen = os.environ.get(CHOSEN)
    names = [chosen] if chosen else COMMANDS
    for name in names:
        if path := shutil.which(name):
            return path
    where = f"{CHOSEN} names {chosen!r}, which is no program" if chosen else "there is no Chromium on the PATH"
    raise NoChromiumError(
        f"The browser tests need Chromium, and {where}. On Debian: apt-get install chromium-headless-shell; "
        f"elsewhere install Chromium or Chrome, or name it with {CHOSEN}=…"
    )

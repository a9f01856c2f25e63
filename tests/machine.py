"""What the machine that runs the tests has: a browser, and the folder of shared rosters."""

import os
import shutil
from pathlib import Path

from config.environment import BASE_DIR

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_CHROMIUM = "No Chromium was found, so the browser tests are left out. On Debian: apt install chromium"


def chromium() -> str | None:
    """The path of this machine's Chromium; CHROMIUM in the environment wins."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def shared_dir() -> Path | None:
    """The folder of shared rosters, or none: small rosters of our own cover every rule without it."""
    folder = Path(os.environ.get("SHARED_DIR") or BASE_DIR / "../shared").resolve()
    return folder if folder.is_dir() else None


def what_is_missing() -> list[str]:
    """One line for each thing that some tests would need and this machine lacks."""
    return [
        *([] if chromium() else [NO_CHROMIUM]),
        *([] if shared_dir() else ["No shared rosters were found (SHARED_DIR): tests that read them are left out."]),
    ]

"""What lets a site be opened from a folder, without a server."""

import shutil
from pathlib import Path

FILES = Path(__file__).parent / "offline"
WORKER = "assets/offline/worker.js"  # asked for before Material's script


def add_offline(folder: Path) -> None:
    """Add what browsers need that open the folder, and a word for who does."""
    (folder / "404.html").unlink(missing_ok=True)  # a server shows it
    shutil.copytree(FILES, folder / "assets" / "offline")
    (folder / "assets/offline/README.txt").rename(folder / "README.txt")

"""The built folder: opened without a server, or put in the old site's place."""

import shutil
from pathlib import Path

OFFLINE = Path(__file__).parent / "offline"


def add_offline(folder: Path) -> None:
    """Add what browsers need that open the folder, and a word for who does."""
    (folder / "404.html").unlink(missing_ok=True)  # a server shows it
    shutil.copytree(OFFLINE, folder / "assets" / "offline")
    (folder / "assets/offline/README.txt").rename(folder / "README.txt")


def publish(whole: Path, site: Path) -> None:
    """Put a whole site in the old one's place, which is never lost in between."""
    old = Path(f"{site}.old")
    shutil.rmtree(old, ignore_errors=True)
    if site.exists():
        site.rename(old)
    whole.rename(site)
    shutil.rmtree(old, ignore_errors=True)


def restore(site: Path) -> None:
    """Bring the old site back if a build died between the two moves."""
    old = Path(f"{site}.old")
    if not site.exists() and old.exists():
        old.rename(site)

"""A whole site takes the place of the old one, which is never lost in between."""

import shutil
from pathlib import Path


def publish(whole: Path, site: Path) -> None:
    """Put a whole site in the old one's place."""
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

"""What lets a site be opened from a folder, without a server."""

import shutil
from pathlib import Path
from typing import Any

FILES = Path(__file__).parent / "offline"


def add_offline(folder: Path) -> None:
    """Add what browsers need that open the folder, and a word for who does."""
    (folder / "404.html").unlink(missing_ok=True)  # a server shows it
    shutil.copytree(FILES, folder / "assets" / "offline")
    (folder / "assets/offline/README.txt").rename(folder / "README.txt")


def prepare_offline(config: Any) -> None:
    """Leave out what browsers do not load from a folder. config: of MkDocs."""
    # Material's offline plugin would load its own from outside.
    config.extra["polyfills"] = ["assets/offline/worker.js"]
    # Material's script would end where it should begin instant navigation.
    features = config.theme["features"]
    config.theme["features"] = [f for f in features if f != "navigation.instant"]
    scripts = config.extra_javascript
    config.extra_javascript = [
        script for script in scripts if getattr(script, "type", "") != "module"
    ]

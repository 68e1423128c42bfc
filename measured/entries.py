"""What was found at length, kept in a file with the project's sources."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path

from measured.run.store import digest


class Entries:
    """name -> what was found; it counts as long as its sources are what they were."""

    def __init__(self, path: Path) -> None:
        self.path = path
        text = path.read_text("utf-8") if path.exists() else "{}"
        self.all: dict[str, dict] = json.loads(text)

    def find_entry(self, name: str, sources: Mapping[str, str]) -> dict | None:
        """The entry, if it fits. sources: of each file or program its text."""
        entry = self.all.get(name, {})
        return entry if entry.get("programs") == identify(sources) else None

    def keep_entry(self, name: str, sources: Mapping[str, str], found: dict) -> None:
        """Put the entry in place of an older one, and write the file."""
        self.all[name] = {"programs": identify(sources), **found}
        self.write()

    def keep_only(self, names: Collection[str]) -> None:
        """Forget all other entries."""
        self.all = {name: self.all[name] for name in set(names) & self.all.keys()}
        self.write()

    def write(self) -> None:
        text = json.dumps(self.all, indent=1, sort_keys=True, ensure_ascii=False)
        part = self.path.with_suffix(".part")
        part.write_text(f"{text}\n", "utf-8")
        part.rename(self.path)


def identify(sources: Mapping[str, str]) -> dict[str, str]:
    """name -> digest of its text."""
    return {name: digest(text.encode())[:16] for name, text in sources.items()}

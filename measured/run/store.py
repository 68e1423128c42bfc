"""Results kept on disk: each whole, with the key of the program that made it."""

import hashlib
import json
import math
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from measured import Fault


@dataclass(frozen=True)
class Result:
    """What a run left, or the fault for which it failed, and would again.

    files: name -> bytes of program.py as it ran, figures, output.txt, values.json,
    drawn.json; of a lab the executed notebook.ipynb.
    """

    name: str
    key: str
    seconds: float
    files: dict[str, bytes]
    fault: Fault | None = None
    reused: bool = False

    @cached_property
    def values(self) -> dict[str, Any]:
        """Public numbers by name, as child.find_values tells."""
        return json.loads(self.files["values.json"])

    @cached_property
    def drawn(self) -> list[dict[str, Any]]:
        """What the figure shows, panel by panel, as artists.read_panels tells."""
        return json.loads(self.files.get("drawn.json", b"[]"))

    @property
    def figures(self) -> list[str]:
        """Names of what it drew."""
        return sorted(name for name in self.files if name.endswith(".svg"))

    @property
    def output(self) -> str:
        """What it printed."""
        return self.files["output.txt"].decode()


@dataclass(frozen=True)
class Store:
    """The newest result of each program: a folder each, with a manifest that tells the
    key, the seconds that it took, and a digest of each file.
    """

    folder: Path

    def find(self, name: str, key: str) -> Result | None:
        """The result if it is there, whole, and has the key."""
        with suppress(OSError, KeyError, TypeError, AttributeError):  # damaged
            manifest = self.read_manifest(name)
            if manifest["key"] == key and manifest["files"]:
                files = {
                    file: (self.folder / name / file).read_bytes()
                    for file in manifest["files"]
                }
                if {file: digest(files[file]) for file in files} == manifest["files"]:
                    return Result(name, key, self.expect(name), files, reused=True)
        return None

    def read_manifest(self, name: str) -> dict[str, Any]:
        """The manifest of a result, empty if there is none that can be read."""
        with suppress(OSError, ValueError, TypeError):
            text = (self.folder / name / "manifest.json").read_text("utf-8")
            return dict(json.loads(text))
        return {}

    def expect(self, name: str) -> float:
        """Seconds that a program took last time; infinity if it is new."""
        return self.read_manifest(name).get("seconds", math.inf)

    def keep(self, name: str, key: str, seconds: float, folder: Path) -> Result:
        """Take a folder of files in place of the program's last result."""
        files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
        digests = {file: digest(content) for file, content in files.items()}
        manifest = {"key": key, "seconds": seconds, "files": digests}
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=1), "utf-8")
        if (self.folder / name).exists():
            (self.folder / name).rename(folder.with_name("replaced"))
        folder.rename(self.folder / name)
        return Result(name, key, seconds, files)


def digest(content: bytes) -> str:
    """What tells whether two contents are the same."""
    return hashlib.sha256(content).hexdigest()

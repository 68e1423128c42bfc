"""The same claims on seeds by which none of them was chosen."""

import re
import shutil
from functools import partial
from pathlib import Path

from measured import Fault, SiteError

SEEDS = re.compile(r"^(\w*SEEDS) = (?:range\((\d+)\)$|.*)", re.M)
FIRST, LEAST = 1000, 20


def copy_with_fresh_seeds(root: Path) -> Path:
    """A copy of the project, in .cache/fresh, whose programs draw other seeds: as many
    as before, at least twenty. Raises SiteError where seeds cannot be told.
    """
    copy = root / ".cache" / "fresh"
    for folder in ("docs", "snippets"):
        shutil.rmtree(copy / folder, ignore_errors=True)
        shutil.copytree(root / folder, copy / folder)
    for path in sorted((copy / "snippets").glob("*.py")):
        text = SEEDS.sub(partial(move_seeds, path.name), path.read_text("utf-8"))
        path.write_text(text, "utf-8")
    return copy


def move_seeds(name: str, match: re.Match[str]) -> str:
    """The line of a program's seeds with others. name: the program's file."""
    if not match[2]:
        line = match.string.count("\n", 0, match.start()) + 1
        remedy = f"write {match[1]} = range(5), so that other seeds can be drawn"
        raise SiteError([Fault(f"snippets/{name}", line, remedy)])
    return f"{match[1]} = range({FIRST}, {FIRST + max(LEAST, int(match[2]))})"

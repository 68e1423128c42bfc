"""The same claims on seeds by which none of them was chosen."""

import re
import shutil
from functools import partial

from measured import SiteError

SEEDS = re.compile(r"^(\w*SEEDS) = (.*)$", re.M)
FIRST, LEAST = 1000, 20


def fresh_copy(root):
    """A copy of the project, in .cache/fresh, whose programs draw other seeds: as many as before, at least twenty.

    Raises SiteError where a program's seeds cannot be told.
    """
    copy = root / ".cache" / "fresh"
    for folder in ("docs", "snippets"):
        shutil.rmtree(copy / folder, ignore_errors=True)
        shutil.copytree(root / folder, copy / folder)
    for path in sorted((copy / "snippets").glob("*.py")):
        path.write_text(SEEDS.sub(partial(fresh_seeds, path.name), path.read_text("utf-8")), "utf-8")
    return copy


def fresh_seeds(name, match):
    number = re.fullmatch(r"range\((\d+)\)", match[2])
    if not number:
        line = match.string.count("\n", 0, match.start()) + 1
        raise SiteError(f"snippets/{name}:{line}: write {match[1]} = range(5), so that other seeds can be drawn")
    return f"{match[1]} = range({FIRST}, {FIRST + max(LEAST, int(number[1]))})"

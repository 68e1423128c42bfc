"""The same programs on seeds by which no claim was chosen."""

import re
import shutil
from functools import partial
from pathlib import Path

from measured import Fault, SiteError
from measured.run.runner import Runner

SEEDS = re.compile(r"^(\w*SEEDS) = (?:range\((\d+)\)$|.*)", re.M)
SEEDED = re.compile(r"((?:set_random_seed|default_rng)\(|^seed = )\d+", re.M)
SEEDERS = {  # package -> what seeds all that a program draws without a word
    "keras": "import keras\n\nkeras.utils.set_random_seed({})\n",
    "numpy": "import numpy\n\nnumpy.random.seed({})\n",
}
FIRST, LEAST = 1000, 20


def copy_with_fresh_seeds(root: Path) -> Path:
    """A copy of the project, in .cache/fresh, whose programs draw other seeds: as many
    as before, at least twenty. A program of one seed has a file for each fresh one,
    `x__7.py`. Raises SiteError where seeds cannot be told.
    """
    copy = root / ".cache" / "fresh"
    for folder in ("docs", "snippets"):
        shutil.rmtree(copy / folder, ignore_errors=True)
        shutil.copytree(root / folder, copy / folder)
    programs = Runner(root).programs
    for path in sorted((copy / "snippets").glob("*.py")):
        source = path.read_text("utf-8")
        text = SEEDS.sub(partial(move_seeds, path.name), source)
        path.write_text(text, "utf-8")
        if text == source and path.stem in programs:
            for number in range(LEAST):
                varied = path.with_stem(f"{path.stem}__{number}")
                text = seed_anew(source, FIRST + number)
                text = text.replace(f"{path.stem}.svg", f"{varied.stem}.svg")
                varied.write_text(text, "utf-8")
    return copy


def seed_anew(source: str, seed: int) -> str:
    """A program of one seed with another."""
    imported = set(re.findall(r"^(?:import|from) (\w+)", source, re.M))
    begin = next((text for name, text in SEEDERS.items() if name in imported), "")
    return begin.format(seed) + SEEDED.sub(rf"\g<1>{seed}", source)


def move_seeds(name: str, match: re.Match[str]) -> str:
    """The line of a program's seeds with others. name: the program's file."""
    if not match[2]:
        line = match.string.count("\n", 0, match.start()) + 1
        remedy = f"write {match[1]} = range(5), so that other seeds can be drawn"
        raise SiteError([Fault(f"snippets/{name}", line, remedy)])
    return f"{match[1]} = range({FIRST}, {FIRST + max(LEAST, int(match[2]))})"

"""A plain site, and builds to put it through, in this process or in their own."""

import io
import logging
import os
import time
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config

from tests.conftest import Small

PROGRAM = '''"""How small is a quarter, twice?

Nothing is random. The figure shows a falling line.
"""

import matplotlib.pyplot as plt

factor = 0.25**2

fig, ax = plt.subplots()
ax.plot([0, 1], [1, factor])
fig.savefig("tiny.svg")
'''
PAGE = """# Plain

The factor is {{ tiny.factor:.3f }}. <!-- claim: 0.06 < {{ tiny.factor }} < 0.07 -->

Its square root is \\( \\sqrt{f} \\).

![A line that falls to {{ tiny.factor:.2f }}](figures/tiny.svg)
"""
# A package of three modules, of which one file has what its first line leads to.
PYPROJECT = """[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "half-life"
dynamic = ["version"]

[tool.setuptools]
packages = ["half_life"]
package-dir = { half_life = "." }

[tool.setuptools.dynamic]
version = { attr = "half_life.__version__" }
"""
START = '''"""How much is left?"""

from half_life.decay import halve

__version__ = "1.2"
__all__ = ["halve"]
'''
DECAY = '''"""Decay."""

from half_life.words import SITE, name


# --8<-- [start:halve]
def halve(x):
    """Half of it."""
    return x / 2, name(), SITE
    # --8<-- [end:halve]
'''
WORDS = 'SITE = ""\n\n\ndef name():\n    return "decay"\n\n\ndef spare():\n    pass\n'
SETTINGS = (
    "site_name: Plain\nplugins: [search, measured]\nwatch: [snippets]\nstrict: true\n"
)
SHOWN = "The factor is 0.062."

# Sleeps as long as the file `slow` is there, and tells that it does.
SLEEP = """import pathlib, time
root = pathlib.Path({root!r})
(root / "runs").open("a").write("x")
if (root / "slow").exists():
    (root / "started").touch()
    time.sleep(600)
"""
# In a namespace of its own, where a mount is nobody else's.
# Root needs none for users.
UNSHARE = ["unshare", "--mount"]
if os.geteuid() != 0:
    UNSHARE = ["unshare", "--user", "--map-root-user", "--mount"]


def write_plain(folder) -> Small:
    """A site of one page and one program that names no extension, theme or option."""
    plain = Small(folder)
    plain.write("docs/index.md", PAGE)
    plain.write("snippets/tiny.py", PROGRAM)
    plain.write("mkdocs.yml", SETTINGS)
    return plain


def write_package(root) -> Path:
    """The package half_life in a project's root; its folder."""
    folder = root / "half_life"
    folder.mkdir()
    texts = {"__init__": START, "decay": DECAY, "words": WORDS}
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text)
    (folder / "pyproject.toml").write_text(PYPROJECT)
    return folder


class Build(NamedTuple):
    """How a build ended and what it said."""

    good: bool
    said: str


def build(site, **environment) -> Build:
    """Build the site as `mkdocs build` does, in this process."""
    said, logger = io.StringIO(), logging.getLogger("mkdocs")
    handler, level, good = logging.StreamHandler(said), logger.level, True
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"GITHUB_ACTIONS": "", **environment}.items():
            patch.setenv(name, value)
        try:
            config = load_config(str(site.root / "mkdocs.yml"))
            config.plugins.on_startup(command="build", dirty=False)
            try:
                mkdocs_build(config)
            finally:
                config.plugins.on_shutdown()
        except SystemExit as end:  # MkDocs' Abort
            good = False
            said.write(str(end))
        finally:
            logger.removeHandler(handler)
            logger.setLevel(level)
    return Build(good, said.getvalue())


def files_of(site) -> dict:
    """Every file of the published site with its bytes, but for those with the time."""
    folder = site.root / "site"
    paths = [path for path in folder.rglob("*") if path.is_file()]
    kept = [path for path in paths if not path.name.startswith("sitemap")]
    return {path.relative_to(folder): path.read_bytes() for path in kept}


def prepend(site, text):
    """Let the program begin with this, behind its docstring."""
    site.edit("snippets/tiny.py", "import matplotlib", f"{text}\nimport matplotlib")


def put_to_sleep(site):
    """Let the program sleep in its next run."""
    prepend(site, SLEEP.format(root=str(site.root)))
    site.write("slow", "")


def wake(site):
    """Let the program sleep no more: end its run, if there is one."""
    (site.root / "slow").unlink()
    for process in processes(site.root):
        if process.cwd().endswith("work/tiny/work"):
            process.kill()


def until(condition, seconds=300):
    """Wait for what is true, and fail if it does not come."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return found


def processes(root):
    """Processes at work in the folder, zombies left out."""
    found = []
    for process in psutil.process_iter():
        try:
            here = process.cwd().startswith(str(root))
            if here and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            pass
    return found


def lab(code, text="# Lab\n\nHere $x < 2$.") -> dict:
    """A notebook of a text and a cell."""
    empty = {"metadata": {}, "outputs": [], "execution_count": None}
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": text},
        {"cell_type": "code", "id": "b", "source": code, **empty},
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}

"""Packages that stand in the project, which programs import.

Each is a folder at the project's root. Of one with a pyproject.toml of its own, beside
its modules, the build makes a wheel and one file for readers, from the same source.
"""

import ast
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from measured import Fault, SiteError
from measured.run.program import MARKER, list_imports, list_program, locate
from measured.run.store import digest

ADDRESS = re.compile(r'^SITE = ""', re.M)  # where the site's address is filled in
VERSION = re.compile(r'^__version__ = "(.+)"$', re.M)


def find_packages(root: Path) -> dict[str, Path]:
    """name -> folder of each package at the root."""
    return {path.parent.name: path.parent for path in root.glob("*/__init__.py")}


def is_offered(folder: Path) -> bool:
    """Whether readers can install the package."""
    return (folder / "pyproject.toml").exists()


def digest_package(folder: Path) -> str:
    """What tells a package's source from any other."""
    files = [*folder.rglob("*.py"), *folder.glob("*.json"), *folder.glob("*.toml")]
    texts = (digest(path.read_bytes()) for path in sorted(files))
    return digest("".join(texts).encode())


def join_modules(folder: Path, site_url: str = "") -> str:
    """The package as one file, its modules where they are imported first.

    Raises SiteError where it cannot be joined.
    """
    modules = {f"{folder.name}.{path.stem}": path for path in folder.glob("*.py")}
    start = modules.pop(f"{folder.name}.__init__")
    text = list_program(start, dict(sorted(modules.items()))).text
    for node, name, _ in list_imports(ast.parse(text)):
        if getattr(node, "level", 0) or name.split(".")[0] == folder.name:
            cause = f"'{ast.unparse(node)}' cannot be joined to one file"
            remedy = f"write 'from {folder.name}.module import name'"
            raise SiteError([Fault(folder.name, 0, f"{cause}: {remedy}")])
    return fill_address(text, site_url)


def fill_address(text: str, site_url: str) -> str:
    """Source as readers get it: with the site's address, without marks of sections."""
    return ADDRESS.sub(f'SITE = "{site_url}"', MARKER.sub("", text))


def name_wheel(folder: Path) -> str:
    """The file name of its wheel, which tells the version. Raises SiteError."""
    start = folder / "__init__.py"
    version = VERSION.search(start.read_text("utf-8"))
    if not version:
        remedy = 'tell the version of the wheel: __version__ = "1.0"'
        raise SiteError([Fault(locate(start), 0, remedy)])
    return f"{folder.name}-{version[1]}-py3-none-any.whl"


def build_wheel(folder: Path, site_url: str = "") -> bytes:
    """The package as pip installs it. Raises SiteError with what pip says."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place, folder.name)
        ignored = shutil.ignore_patterns("__pycache__", "build", "*.egg-info")
        shutil.copytree(folder, copy, ignore=ignored)
        for path in copy.glob("*.py"):
            path.write_text(fill_address(path.read_text("utf-8"), site_url), "utf-8")
        command = [sys.executable, "-m", "pip", "wheel", str(copy), "--wheel-dir"]
        options = "--no-deps", "--no-build-isolation", "--no-index", "--quiet"
        done = subprocess.run(
            [*command, place, *options, "--disable-pip-version-check"],
            env={"PATH": "", "SOURCE_DATE_EPOCH": "315532800"},  # zip's first day
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise SiteError([Fault(f"{folder.name}/pyproject.toml", 0, done.stderr)])
        return Path(place, name_wheel(folder)).read_bytes()

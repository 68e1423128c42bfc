"""Set-up, pins and what may be committed."""

import os
import re
import shutil
import subprocess

import pytest

from tests.conftest import ROOT

REQUIREMENTS = (ROOT / "requirements.txt").read_text().splitlines()
LOCK = dict(
    re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / "constraints.txt").read_text(), re.M)
)
DIRECT = [line for line in REQUIREMENTS if line and not line.startswith(("#", "-c"))]


def test_direct_dependencies_are_pinned_and_locked_at_the_same_version():
    assert "-c constraints.txt" in REQUIREMENTS
    for line in DIRECT:
        name, version = line.split("==")
        assert LOCK[name] == version


def test_every_direct_dependency_is_the_installed_one():
    from importlib.metadata import version

    assert {line: version(line.split("==")[0]) for line in DIRECT} == {
        line: line.split("==")[1] for line in DIRECT
    }


def make(folder, *arguments, path):
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env={"PATH": path, "HOME": str(folder)},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def clone(tmp_path):
    """The files that `make` needs, in a folder of their own."""
    for name in ("Makefile", "requirements.txt", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "found, accepted",
    [("2.7", False), ("3.10", False), ("3.14", False), ("3.11", True), ("3.13", True)],
)
def test_make_takes_python_3_11_to_3_13_and_says_so_otherwise(clone, found, accepted):
    """A stand-in for python3 that reports a version and makes no environment."""
    tools = clone / "bin"
    tools.mkdir()
    for name in ("make", "sh", "rm", "touch", "grep"):
        (tools / name).symlink_to(shutil.which(name))
    major, minor = found.split(".")
    (tools / "python3").write_text(
        f'#!/bin/sh\ncase "$1" in\n--version) echo "Python {found}" ;;\n'
        f"-c) [ {major} = 3 ] && [ {minor} -ge 11 ] && [ {minor} -le 13 ] ;;\n"
        "-m) echo no venv here >&2; exit 1 ;;\nesac\n"
    )
    (tools / "python3").chmod(0o755)
    done = make(clone, "build", path=str(tools))
    assert done.returncode != 0
    message = (
        "cannot make a virtual environment"
        if accepted
        else f"needs Python 3.11, 3.12 or 3.13; found: Python {found}"
    )
    assert message in done.stderr


def test_an_install_that_was_cut_off_is_done_again(clone):
    (clone / ".venv").mkdir()
    done = make(clone, "--dry-run", "build", path=os.environ["PATH"])
    assert "-m pip install" in done.stdout


def test_nothing_generated_is_committed():
    if not (ROOT / ".git").exists():
        files = [
            path.relative_to(ROOT).as_posix()
            for path in ROOT.rglob("*")
            if ".venv" not in path.parts
        ]
    else:
        files = subprocess.run(
            ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.split("\n")
    assert (
        not [name for name in files if re.match(r"(site|\.cache|\.venv)/", name)]
        or not (ROOT / ".git").exists()
    )
    drawings = [
        name
        for name in files
        if name.startswith("docs/") and name.endswith((".svg", ".png"))
    ]
    assert drawings == ["docs/assets/logo.svg"], "the only drawing made by hand"


def test_vendored_assets_have_their_licences_and_one_place_for_versions():
    assets = ROOT / "docs" / "assets"
    versions = (assets / "VERSIONS.txt").read_text()
    assert (
        re.search(r"KaTeX \d+\.\d+\.\d+", versions)
        and "Source Sans 3" in versions
        and "IBM Plex Mono" in versions
    )
    version = re.search(r"KaTeX (\S+)", versions)[1]
    assert f'"{version}"' in (assets / "katex" / "katex.min.js").read_text()
    assert (assets / "katex" / "LICENSE").exists() and len(
        list((assets / "fonts").glob("LICENSE*"))
    ) == 2


def test_the_site_has_no_address_of_another_machine_to_load_from(site):
    """Scripts, styles, fonts and images come from the site itself; links that a reader follows may go out."""
    kinds = "stylesheet|preload|preconnect|icon"
    loads = rf'(?:<script[^>]*\bsrc|<link[^>]*rel="(?:{kinds})"[^>]*href|<img[^>]*src)="(https?:)?//'
    faults = [
        path.relative_to(site)
        for path in site.rglob("*.html")
        if re.search(loads, path.read_text())
    ]
    styles = [
        path.relative_to(site)
        for path in site.rglob("*.css")
        if re.search(r"url\(\"?https?:", path.read_text())
    ]
    assert faults == [] and styles == []

"""Set-up, pins and what may be committed."""

import os
import re
import shutil
import subprocess
from importlib.metadata import Distribution

import pytest

from tests.conftest import ROOT, Small

REQUIREMENTS = [
    line
    for path in ROOT.glob("requirements*.txt")
    for line in path.read_text().splitlines()
]
MAKEFILE = (ROOT / "Makefile").read_text()
LOCKED = (ROOT / "constraints.txt").read_text().splitlines()
PINS = dict(line.split("==") for line in REQUIREMENTS if "==" in line)


def test_every_requirement_is_pinned_or_an_option():
    others = [line for line in REQUIREMENTS if line and "==" not in line]
    assert PINS and all(line.startswith(("#", "-")) for line in others)
    assert {"-c constraints.txt", "-e ."} <= set(others)


UNLOCKED = {"torch"}  # what else comes along depends on where its wheel is from


@pytest.mark.parametrize("name", PINS)
def test_a_direct_dependency_is_locked_and_installed_at_no_other_version(name):
    pin = f"{name}=={PINS[name]}"
    is_locked = any(re.fullmatch(rf"{re.escape(pin)}( ;.*)?", line) for line in LOCKED)
    assert is_locked == (name not in UNLOCKED)
    installed = {found.version for found in Distribution.discover(name=name)}
    assert {version.partition("+")[0] for version in installed} <= {PINS[name]}


WITHOUT_RUFF = """
from importlib.metadata import Distribution
discover = Distribution.discover
Distribution.discover = lambda **by: [] if by.get("name") == "ruff" else discover(**by)
"""


def collect_without_ruff(folder, *options):
    (folder / "sitecustomize.py").write_text(WITHOUT_RUFF)
    command = ("pytest", "--collect-only", *options, "tests/project")
    return Small(ROOT).run(*command, PYTHONPATH=f"{folder}:{ROOT}")


def test_without_a_tool_the_tests_that_are_left_out_are_named(tmp_path):
    done = collect_without_ruff(tmp_path)
    assert done.returncode == 0, done.stdout
    told = next(x for x in done.stdout.splitlines() if x.startswith("left out: "))
    assert "tests/project/test_lint.py" in told and "Not installed: ruff." in told
    assert "test_lint.py:" not in done.stdout and "test_setup.py:" in done.stdout


def test_make_test_leaves_nothing_out(tmp_path):
    done = collect_without_ruff(tmp_path, "--complete")
    assert done.returncode != 0 and "Not installed: ruff." in done.stdout
    runs = [line for line in MAKEFILE.splitlines() if "bin/pytest" in line]
    assert runs and all("--complete" in line for line in runs)


def make(folder, *arguments, path):
    environment = {"PATH": path, "HOME": str(folder)}
    command = ["make", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True
    )


@pytest.fixture
def clone(tmp_path):
    """The files that `make` needs, in a folder of their own."""
    for path in (ROOT / "Makefile", *ROOT.glob("*.t*")):  # text and TOML
        shutil.copy(path, tmp_path)
    return tmp_path


def stand_in(version):
    """A python3 that reports a version and makes no environment."""
    major, minor = version.split(".")
    return f"""#!/bin/sh
case "$1" in
--version) echo "Python {version}" ;;
-c) [ {major} = 3 ] && [ {minor} -ge 11 ] && [ {minor} -le 13 ] ;;
-m) echo no venv here >&2; exit 1 ;;
esac
"""


@pytest.mark.parametrize(
    "found, accepted",
    [
        ("2.7", False),
        ("3.10", False),
        ("3.14", False),
        ("3.11", True),
        ("3.13", True),
    ],
)
def test_make_takes_python_3_11_to_3_13_and_says_so_otherwise(clone, found, accepted):
    tools = clone / "bin"
    tools.mkdir()
    for name in ("make", "sh", "rm", "touch", "grep"):
        (tools / name).symlink_to(shutil.which(name))
    (tools / "python3").write_text(stand_in(found))
    (tools / "python3").chmod(0o755)
    done = make(clone, "build", path=str(tools))
    refused = f"needs Python 3.11, 3.12 or 3.13; found: Python {found}"
    message = "cannot make a virtual environment" if accepted else refused
    assert done.returncode != 0 and message in done.stderr


def test_an_install_that_was_cut_off_is_done_again(clone):
    (clone / ".venv").mkdir()
    done = make(clone, "--dry-run", "build", path=os.environ["PATH"])
    assert "-m pip install" in done.stdout


@pytest.fixture
def committed():
    """Paths of the files of the repository."""
    if not (ROOT / ".git").exists():
        pytest.skip("no repository: what is committed cannot be told")
    command = ["git", "ls-files"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_nothing_generated_is_committed(committed):
    generated = ("site/", ".cache/", ".venv/", "offline/")
    assert not [name for name in committed if name.startswith(generated)]


def test_the_only_drawing_in_the_pages_is_made_by_hand(committed):
    drawings = [name for name in committed if name.endswith((".svg", ".png"))]
    assert [name for name in drawings if name.startswith("docs/")] == [
        "docs/assets/logo.svg"
    ]


def test_vendored_assets_have_their_licences_and_one_place_for_versions():
    assets, katex = ROOT / "docs" / "assets", ROOT / "measured" / "text" / "katex"
    versions = (assets / "VERSIONS.txt").read_text()
    assert "Source Sans 3" in versions and "IBM Plex Mono" in versions
    found = re.search(r"KaTeX (\d+\.\d+\.\d+)", versions)[1]
    assert f'"{found}"' in (katex / "katex.min.js").read_text()
    assert (katex / "LICENSE").exists()
    assert len(list((assets / "fonts").glob("LICENSE*"))) == 2

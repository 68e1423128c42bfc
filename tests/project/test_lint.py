"""`make lint` refuses each of these, and nothing else."""

import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT

CLEAN = {
    "gradient_doctor/x.py": "def halve(a: int) -> float:\n    return a / 2\n",
    "measured/x.py": "def double(a: int) -> int:\n    return 2 * a\n",
    "docs/assets/x.js": "export const a = 1;\n",
    "docs/assets/x.css": "a {\n  color: red;\n}\n",
}
FAULTS = {
    "a line of 89 columns": ("measured/x.py", f"A = 1  # {80 * 'a'}\n", "E501"),
    "Python laid out otherwise": ("measured/x.py", "A=1\n", "reformatted"),
    "a public function that does not say what it returns": (
        "measured/x.py",
        "def double(a: int):\n    return 2 * a\n",
        "ANN201",
    ),
    "an argument without a type": (
        "measured/x.py",
        "def double(a) -> int:\n    return 2 * a\n",
        "missing a type annotation",
    ),
    "a value of another type": (
        "measured/x.py",
        "def double(a: int) -> str:\n    return 2 * a\n",
        "Incompatible return value type",
    ),
    "a name that a script never uses": (
        "docs/assets/x.js",
        "const a = 1;\n",
        "no-unused-vars",
    ),
    "a script laid out otherwise": (
        "docs/assets/x.js",
        "export const a  = 1\n",
        "not formatted",
    ),
    "a style laid out otherwise": (
        "docs/assets/x.css",
        "a{color:red}\n",
        "not formatted",
    ),
}


@pytest.fixture
def lint(tmp_path):
    """A function: exit status and output of `make lint` on a few files."""
    (tmp_path / ".venv").symlink_to(sys.prefix)
    for name in ("Makefile", "pyproject.toml", "deno.jsonc"):
        shutil.copy(ROOT / name, tmp_path)

    def call(files):
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        command = ["make", "--old-file=.venv/tools", "lint"]  # it is set up
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    return call


def test_lint_passes_clean_files(lint):
    status, output = lint(CLEAN)
    assert status == 0, output


@pytest.mark.parametrize("fault", FAULTS)
def test_lint_finds(lint, fault):
    name, text, message = FAULTS[fault]
    status, output = lint({**CLEAN, name: text})
    assert status != 0 and message in output

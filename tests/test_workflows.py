"""The workflow files are valid, hold least permissions, and their linters do bite."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TOOLS = Path(sys.executable).parent
LINTERS = {
    "zizmor": [TOOLS / "zizmor", "--offline", "--no-progress"],
    "schema": [
        TOOLS / "check-jsonschema",
        "--builtin-schema",
        "vendor.github-workflows",
    ],
}


def lint(linter, *files):
    done = subprocess.run([*LINTERS[linter], *files], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("linter", LINTERS)
def test_the_workflows_are_clean(linter):
    status, output = lint(linter, *WORKFLOWS)
    assert status == 0, output


FAULTS = {
    "unpinned action": (
        "zizmor",
        "actions/cache@0057852bfaa89a56745cba8c7296529d2fc39830 # v4.3.0",
        "actions/cache@v4",
    ),
    "too many permissions": (
        "zizmor",
        "permissions:\n      contents: read",
        "permissions: write-all",
    ),
    "unknown key": ("schema", "runs-on:", "run-on:"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault, tmp_path):
    linter, old, new = FAULTS[fault]
    text = (ROOT / ".github/workflows/site.yml").read_text()
    assert old in text
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "site.yml").write_text(text.replace(old, new))
    assert lint(linter, folder / "site.yml")[0] != 0


def test_ci_deploys_from_main_only_and_the_weekly_run_deploys_nothing():
    site, newest = (
        (ROOT / ".github/workflows" / name).read_text()
        for name in ("site.yml", "newest.yml")
    )
    assert "github.event_name == 'push' && github.ref == 'refs/heads/main'" in site
    assert (
        site.count("contents: write") == 1
        and ": write" not in newest
        and "git push" not in newest
    )
    assert "make test" in site and "make test" in newest

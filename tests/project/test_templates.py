"""Forms for issues are such as GitHub shows, and hooks are the project's own."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

FORMS = {path.stem: path for path in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml")}
CHECKER = Path(sys.executable).parent / "check-jsonschema"


def validate(path):
    """Exit status and output of the check against GitHub's schema."""
    kind = "config" if path.stem == "config" else "forms"
    command = [CHECKER, "--builtin-schema", f"vendor.github-issue-{kind}", path]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_valid(name):
    status, output = validate(FORMS[name])
    assert status == 0, output


@pytest.mark.parametrize("name", FORMS)
def test_an_unknown_key_is_found(name, tmp_path):
    broken = tmp_path / FORMS[name].name
    broken.write_text(FORMS[name].read_text() + "bodies: []\n")
    status, output = validate(broken)
    assert status != 0 and "bodies" in output


def test_a_hook_is_a_target_of_make_and_comes_from_nowhere_else():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    (repository,) = config["repos"]
    assert repository["repo"] == "local"
    makefile = (ROOT / "Makefile").read_text()
    for hook in repository["hooks"]:
        command, target = hook["entry"].split()
        assert command == "make" and f"\n{target}: " in makefile

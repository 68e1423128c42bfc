"""The workflow files are valid, hold least permissions, and their linters do bite."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

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


def jobs(name):
    """The jobs of a workflow, and how it is started."""
    text = (ROOT / ".github/workflows" / name).read_text()
    flow = yaml.load(text, yaml.BaseLoader)  # which takes the key `on` for no boolean
    assert flow["permissions"] == {}
    return flow["jobs"], flow["on"]


def commands(job):
    return [step["run"] for step in job["steps"] if "run" in step]


def test_ci_proves_every_push_and_pull_request_on_the_oldest_and_newest_python():
    found, on = jobs("site.yml")
    assert on == {"push": {"branches": ["main"]}, "pull_request": ""}
    assert "make test" in commands(found["test"])
    assert found["test"]["strategy"]["matrix"]["python"] == ["3.11", "3.13"]


def test_ci_deploys_from_main_only_and_what_was_proved():
    found, _ = jobs("site.yml")
    deploy = found["deploy"]
    main = "github.event_name == 'push' && github.ref == 'refs/heads/main'"
    assert deploy["if"] == main
    assert set(deploy["needs"]) == {"test", "build"}
    pushing = [name for name, job in found.items() if "git push" in str(commands(job))]
    assert pushing == ["deploy"]


def test_only_the_deployment_may_write():
    found, _ = jobs("site.yml")
    assert found.pop("deploy")["permissions"] == {"contents": "write"}
    found |= {f"newest {name}": job for name, job in jobs("newest.yml")[0].items()}
    assert all(job["permissions"] == {"contents": "read"} for job in found.values())


def test_the_weekly_run_proves_the_newest_versions_and_deploys_nothing():
    (job,), on = jobs("newest.yml")[0].values(), jobs("newest.yml")[1]
    assert "schedule" in on and "make test" in commands(job)
    assert not [command for command in commands(job) if "push" in command]


def test_the_build_of_ci_is_made_for_where_it_is_deployed():
    build = jobs("site.yml")[0]["build"]
    (made,) = (step for step in build["steps"] if step.get("run") == "make build")
    assert made["env"].keys() == {"REPO_URL", "SITE_URL"}

"""The workflow files are valid, hold least permissions, and their linters do bite."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

WORKFLOWS = {
    path.stem: path for path in sorted((ROOT / ".github/workflows").glob("*.yml"))
}
TOOLS = Path(sys.executable).parent
SCHEMA = ["--builtin-schema", "vendor.github-workflows"]
LINTERS = {
    "zizmor": [TOOLS / "zizmor", "--offline", "--no-progress"],
    "schema": [TOOLS / "check-jsonschema", *SCHEMA],
}


def lint(linter, *files):
    done = subprocess.run([*LINTERS[linter], *files], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("linter", LINTERS)
def test_the_workflows_are_clean(linter):
    status, output = lint(linter, *WORKFLOWS.values())
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
    text = WORKFLOWS["site"].read_text()
    assert old in text
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "site.yml").write_text(text.replace(old, new))
    assert lint(linter, folder / "site.yml")[0] != 0


def read_jobs(workflow):
    """name -> job of a workflow that grants nothing but what its jobs ask for."""
    found = yaml.safe_load(WORKFLOWS[workflow].read_text())
    assert found["permissions"] == {}
    return found["jobs"]


def commands(job):
    return "\n".join(step.get("run", "") for step in job["steps"])


def writes(jobs):
    """Names of the jobs that may write anything."""
    return [
        name
        for name, job in jobs.items()
        if set(job["permissions"].values()) - {"read", "none"}
    ]


def test_only_a_push_to_main_deploys_what_is_built_and_tested():
    jobs = read_jobs("site")
    assert writes(jobs) == ["deploy"]
    deploy = jobs["deploy"]
    main = "github.event_name == 'push' && github.ref == 'refs/heads/main'"
    assert deploy["if"] == main
    assert set(deploy["needs"]) == {"test", "build"}
    assert deploy["permissions"] == {"contents": "write"}
    pushing = [name for name, job in jobs.items() if "git push" in commands(job)]
    assert pushing == ["deploy"]


def test_the_weekly_run_deploys_nothing():
    jobs = read_jobs("newest")
    assert writes(jobs) == []
    assert not any("git push" in commands(job) for job in jobs.values())


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_a_workflow_runs_every_proof(workflow):
    steps = commands(read_jobs(workflow)["test"]).splitlines()
    assert "make test" in steps


def test_tests_that_a_workflow_leaves_out_are_there():
    """The weekly run leaves out the proof of the pins that it takes away."""
    steps = read_jobs("newest")["test"]["steps"]
    options = next(step["env"] for step in steps if "env" in step)["PYTEST_ADDOPTS"]
    ignored = [word.partition("=")[2] for word in options.split()]
    assert ignored and all((ROOT / path).exists() for path in ignored)


def test_the_weekly_run_tries_claims_on_fresh_seeds():
    steps = commands(read_jobs("newest")["fresh"]).splitlines()
    assert "make claims-fresh" in steps
    assert "git diff --exit-code fresh-seeds.json" in steps


def test_the_weekly_run_has_the_doctor_judge_every_program():
    steps = commands(read_jobs("newest")["record"]).splitlines()
    assert "make record" in steps
    assert "git diff --exit-code cases/record.json" in steps


def test_what_is_published_has_the_programs_in_every_framework():
    assert "make frameworks" in commands(read_jobs("site")["build"]).splitlines()

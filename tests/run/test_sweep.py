"""Programs with other constants, as jobs on Dask."""

import os
import signal
import sys
import tomllib

import pytest
from distributed import LocalCluster

from measured import SiteError
from measured.run.runner import Runner
from measured.run.sweep import (
    list_jobs,
    merge_values,
    read_sweep,
    run_sweep,
)
from tests.builds import processes, until
from tests.conftest import ROOT, Small

pytestmark = pytest.mark.slow  # each job is a process

PROGRAM = '''"""What is drawn with each seed?"""

import numpy as np

SEEDS = range(3)
widths = (
    1,
    2,
)
times = 2
drawn = np.array([np.random.default_rng(s).normal() for s in SEEDS]) * times
total = sum(widths)
'''
SLEEP = """
import pathlib, time
if times == 3 and not pathlib.Path({flag!r}).exists():
    time.sleep(600)
"""


@pytest.fixture
def project(tmp_path):
    small = Small(tmp_path)
    small.write("snippets/tiny.py", PROGRAM)
    small.write("mkdocs.yml", "site_name: Small\nplugins: [measured]\n")
    small.write("docs/index.md", "# Small\n")
    return small


@pytest.fixture
def sweep(project):
    """Run jobs of the program with these changes: results, and what was said."""

    def run(address=None, **changes):
        runner, said = Runner(project.root), []
        jobs = list_jobs(runner, "tiny", changes)
        return run_sweep(runner, "tiny", jobs, address, said.append), said

    return run


def test_with_its_own_constants_a_program_gives_the_build_s_numbers(project, sweep):
    built = Runner(project.root).results(["tiny"])["tiny"]
    (swept,), _ = sweep()
    assert swept.values == built.values and len(swept.values["drawn"]) == 3


def test_each_entry_of_a_list_is_a_job_and_their_seeds_come_together(sweep):
    results, said = sweep(SEEDS=["range(2)", "range(2, 5)"], widths="(5, 5)")
    assert merge_values(results)["total"] == [10, 10]
    whole, _ = sweep(SEEDS="range(5)")
    assert merge_values(results)["drawn"] == merge_values(whole)["drawn"]
    assert any("2 of 2: " in line and "widths = (5, 5)" in line for line in said), said


def test_what_is_there_is_not_computed_again(sweep):
    first, _ = sweep(times=[1, 2])
    again, said = sweep(times=[1, 2, 4])
    assert said[0] == "tiny: 3 jobs, 2 of them were there already"
    assert [each.values for each in again[:2]] == [each.values for each in first]


def test_a_sweep_that_was_killed_goes_on_where_it_was(project, sweep, tmp_path):
    flag = tmp_path / "awake"
    project.write("snippets/tiny.py", PROGRAM + SLEEP.format(flag=str(flag)))
    project.write("sweeps.toml", "[tiny]\ntimes = [2, 3]\n")
    process = project.start([sys.executable, "-m", "measured", "sweep", "tiny"])
    until(lambda: "1 of 2: times = 2" in process.stdout.readline())
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    until(lambda: not processes(project.root))
    flag.touch()
    results, said = sweep(times=[2, 3])
    assert said[0] == "tiny: 2 jobs, 1 of them were there already"
    assert [result.values["times"] for result in results] == [2, 3]


def test_a_cluster_is_found_by_its_address(sweep):
    options = {"n_workers": 1, "processes": False, "dashboard_address": None}
    with LocalCluster(protocol="tcp", **options) as cluster:
        (result,), _ = sweep(cluster.scheduler_address, times=5)
    assert result.values["times"] == 5


def test_where_no_cluster_answers_the_address_is_told(sweep, monkeypatch):
    monkeypatch.setattr("measured.run.sweep.PATIENCE", 1)
    with pytest.raises(SiteError, match="no cluster answers at tcp://127.0.0.1:9"):
        sweep("tcp://127.0.0.1:9")


def test_a_job_that_fails_is_told_with_its_constants_and_others_are_kept(sweep):
    with pytest.raises(
        SiteError, match=r"(?s)times = None: .*snippets/tiny.py.*TypeError"
    ):
        sweep(times=["None", 2])
    assert sweep(times=2)[1][0] == "tiny: 1 jobs, 1 of them were there already"


@pytest.mark.parametrize(
    "name, changes, told",
    [
        ("tiny", {"width": 3}, "tiny.py sets no width at its top level, but SEEDS, "),
        ("huge", {}, "no program huge: there are tiny"),
    ],
)
def test_what_is_not_there_is_told(project, name, changes, told):
    with pytest.raises(SiteError, match=told):
        list_jobs(Runner(project.root), name, changes)


@pytest.mark.parametrize(
    "text, told",
    [
        ("", "tells no scale of tiny .of: none.: add it, or say --small"),
        ("[half]\n", "tells no scale of tiny .of: half."),
        ("[tiny\n", "sweeps.toml: Expected"),
    ],
)
def test_a_scale_that_is_missing_or_cannot_be_read_is_told(project, text, told):
    project.write("sweeps.toml", text)
    with pytest.raises(SiteError, match=told):
        read_sweep(project.root, "tiny")


def test_every_scale_names_a_program_and_constants_that_it_has():
    runner = Runner(ROOT)
    sweeps = tomllib.loads((ROOT / "sweeps.toml").read_text())
    assert sweeps
    for name, changes in sweeps.items():
        assert list_jobs(runner, name, changes), name

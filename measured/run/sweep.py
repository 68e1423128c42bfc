"""Programs at a larger scale: with other constants, each job apart, on Dask.

`sweeps.toml` tells what each program has at the scale of its paper:

    [half]  # snippets/half.py
    halvings = 1000
    SEEDS = ["range(0, 10)", "range(10, 20)"]  # of a list each entry is a job
"""

import ast
import itertools
import json
import os
import tempfile
import time
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from measured import Fault, SiteError
from measured.run.process import Run
from measured.run.program import Listing, list_program
from measured.run.runner import ENVIRONMENT, HERE, Runner, Show, find_versions
from measured.run.store import Result, Store, digest

# A job may use a graphics processor, and share it.
UNSEEN = "CUDA_VISIBLE_DEVICES"
PATIENCE = 10  # seconds until a cluster has to answer
SHARED = {"TF_FORCE_GPU_ALLOW_GROWTH": "true"}


@dataclass(frozen=True)
class Job:
    """A program with some of its constants changed: name -> Python expression."""

    source: Path
    changes: Mapping[str, str]
    listing: Listing

    @cached_property
    def key(self) -> str:
        """Digest of all that the result may depend on."""
        return digest("\n".join([self.listing.text, *find_versions()]).encode())

    def __str__(self) -> str:
        return ", ".join(f"{k} = {v}" for k, v in self.changes.items()) or "as it is"


def list_jobs(runner: Runner, name: str, changes: Mapping[str, Any]) -> list[Job]:
    """The jobs of a program. changes: a constant's value, or a list, one for each job.

    Raises SiteError where there is no such program or constant.
    """
    if name not in runner.programs:
        raise SiteError(f"no program {name}: there are {', '.join(runner.programs)}")
    source = runner.programs[name]
    lists = [v if isinstance(v, list) else [v] for v in changes.values()]
    jobs = []
    for values in itertools.product(*lists):
        chosen = {key: str(value) for key, value in zip(changes, values)}
        with tempfile.TemporaryDirectory() as folder:
            changed = Path(folder, source.name)
            changed.write_text(change_constants(source, chosen), "utf-8")
            listing = list_program(changed, runner.modules)
        origins = (
            (source if path == changed else path, line)
            for path, line in listing.origins
        )
        listing = replace(listing, origins=tuple(origins))
        jobs.append(Job(source, chosen, listing))
    return jobs


def read_sweep(root: Path, name: str) -> dict[str, Any]:
    """What sweeps.toml tells of a program. Raises SiteError if it tells nothing."""
    path = root / "sweeps.toml"
    try:
        sweeps = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    except tomllib.TOMLDecodeError as error:
        raise SiteError([Fault("sweeps.toml", 0, str(error))]) from None
    if name not in sweeps:
        told = ", ".join(sweeps) or "none"
        raise SiteError(
            f"sweeps.toml tells no scale of {name} (of: {told}): add it, or say --small"
        )
    return sweeps[name]


def change_constants(source: Path, changes: Mapping[str, str]) -> str:
    """The program's text with other values of top-level names, as many lines as before.

    Raises SiteError where it sets none of that name.
    """
    text = source.read_text("utf-8")
    lines = text.splitlines()
    found = {
        statement.targets[0].id: statement
        for statement in reversed(ast.parse(text).body)  # where it is first set
        if isinstance(statement, ast.Assign)
        and isinstance(statement.targets[0], ast.Name)
    }
    for name in sorted(changes.keys() - found.keys()):
        known = ", ".join(sorted(found))
        raise SiteError(f"{source.name} sets no {name} at its top level, but {known}")
    for name in sorted(changes, key=lambda name: -found[name].lineno):
        start = found[name].lineno - 1
        more = (found[name].end_lineno or start + 1) - start - 1
        lines[start : start + 1 + more] = [f"{name} = {changes[name]}"] + [""] * more
    return "\n".join(lines) + "\n"


def run_job(job: Job) -> dict[str, bytes]:
    """On a worker: run it in a process of its own; name -> bytes of what it left.

    Raises RuntimeError with the cause if it fails.
    """
    seen = {key: value for key, value in ENVIRONMENT.items() if key != UNSEEN}
    os.environ.update(seen | SHARED, MATPLOTLIBRC=str(HERE / "matplotlibrc"))
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder, "job")
        run = Run(job.key, job.listing, job.source, work, get_context("spawn"))
        run.process.join()
        _, cause = run.explain(run.end())
        if cause:
            raise RuntimeError(cause)
        return {path.name: path.read_bytes() for path in run.collect().iterdir()}


def run_sweep(
    runner: Runner, name: str, jobs: list[Job], address: str | None, show: Show
) -> list[Result]:
    """Results of all jobs, running on a cluster those that are not there yet.

    address: of a Dask scheduler; None: this machine, a job for each core. Raises
    SiteError with every failure; other results are kept.
    """
    store = Store(runner.root / ".cache" / "sweeps" / name)
    results = {job.key: store.find(job.key[:12], job.key) for job in jobs}
    waiting = [job for job in jobs if not results[job.key]]
    count = len(jobs) - len(waiting)
    show(f"{name}: {len(jobs)} jobs, {count} of them were there already")
    faults = []
    for job, seconds, left in compute(waiting, address) if waiting else ():
        count += 1
        if isinstance(left, dict):
            results[job.key] = keep(store, job, seconds, left)
            show(f"{count} of {len(jobs)}: {job}: {seconds:.0f} s")
        else:
            show(f"{count} of {len(jobs)}: {job}: failed")
            faults.append(Fault(f"snippets/{job.source.name}", 0, f"{job}: {left}"))
    if faults:
        raise SiteError(sorted(faults))
    return [result for result in results.values() if result]


def compute(
    jobs: list[Job], address: str | None
) -> Iterator[tuple[Job, float, dict[str, bytes] | BaseException]]:
    """(job, seconds, what it left or why it failed), in the order in which they end."""
    try:
        from distributed import Client, as_completed
    except ImportError:
        raise SiteError(
            "a sweep needs: pip install -r requirements-sweep.txt"
        ) from None
    here = {"processes": False, "n_workers": 1, "threads_per_worker": os.cpu_count()}
    options = {"address": address} if address else here | {"dashboard_address": ":0"}
    try:
        client = Client(**options, timeout=PATIENCE)
    except OSError as error:
        raise SiteError(f"no cluster answers at {address}: {error}") from None
    with client:
        futures = {client.submit(time_job, job, pure=False): job for job in jobs}
        for future in as_completed(futures):
            failure = future.exception()
            yield futures[future], *((0, failure) if failure else future.result())


def time_job(job: Job) -> tuple[float, dict[str, bytes]]:
    """Seconds that a job took, and what it left."""
    start = time.monotonic()
    left = run_job(job)
    return time.monotonic() - start, left


def keep(store: Store, job: Job, seconds: float, left: dict[str, bytes]) -> Result:
    """Keep what a job left, with its constants beside it."""
    left["constants.json"] = json.dumps(dict(job.changes), indent=1).encode()
    store.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store.folder) as folder:
        result = Path(folder, "result")
        result.mkdir()
        for file, content in left.items():
            (result / file).write_bytes(content)
        return store.keep(job.key[:12], job.key, round(seconds, 2), result)


def merge_values(results: list[Result]) -> dict[str, list[float]]:
    """Value -> its numbers in all jobs, of those with one per seed all of them."""
    merged: dict[str, list[float]] = {}
    for result in results:
        for name, value in result.values.items():
            merged.setdefault(name, []).extend(
                value if isinstance(value, list) else [value]
            )
    return merged

"""Judges every program whose entry in the record does not fit any more.

python -m cases [--seeds 3] [--processes 2] [parts of names]
"""

import argparse
import inspect
import multiprocessing
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")

from cases.judging import Program, judge_seeds, list_programs
from measured.entries import Entries
from measured.run.package import join_modules

HERE = Path(__file__).parent
RECORD = HERE / "record.json"


def read_sources(program: Program, doctor: str) -> dict[str, str]:
    """What the entry of a program depends on. doctor: the text of the package."""
    build = getattr(program.build, "func", program.build)
    whole = build.__name__ == "build"
    return {
        "program": inspect.getsource(inspect.getmodule(build) if whole else build),
        "gradient_doctor": doctor,
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m cases")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("names", nargs="*", help="parts of names; all by default")
    given = parser.parse_args()
    programs = {program.key: program for program in list_programs()}
    record = Entries(RECORD)
    record.keep_only(list(programs))
    doctor = join_modules(HERE.parent / "gradient_doctor")
    sources = {name: read_sources(each, doctor) for name, each in programs.items()}
    due = [
        (name, given.seeds)
        for name in programs
        if not given.names or any(part in name for part in given.names)
        if len((record.find_entry(name, sources[name]) or {}).get("seeds", ()))
        < given.seeds
    ]
    context = multiprocessing.get_context("spawn")
    with context.Pool(given.processes, maxtasksperchild=25) as pool:
        tasks = [pool.apply_async(judge_seeds, each) for each in due]
        for task in tasks:
            name, entry = task.get()
            record.keep_entry(name, sources[name], entry)
            kinds = [
                sorted({*s["before"], *s["during"], *s["after"]})
                for s in entry["seeds"]
            ]
            print(f"{name}: {kinds} in {entry['seconds']} s", flush=True)


if __name__ == "__main__":
    main()

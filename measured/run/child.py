"""Run one program as the site does: seeded, in an empty folder, ended with the build.

The runner starts this in a process of its own.
"""

import json
import os
import random
import re
import runpy
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Set
from contextlib import suppress
from importlib import import_module
from multiprocessing import parent_process
from pathlib import Path
from typing import Any

from measured.run.program import FILE

SEED = 0


def main(file: str, folder: str, seeder: str, hidden: Set[str]) -> None:
    """Run a program or notebook in `folder`/work.

    Writes into `folder` either `reason`, why it failed, or the rest of `result`:
    values.json, and drawn.json, what its figure shows; of a notebook notebook.ipynb.
    seeder: the package that seeds all random numbers. hidden: names of no values.
    """
    os.setsid()  # a group of its own, which can be ended as a whole
    os.nice(10)  # pages are served meanwhile
    threading.Thread(target=end_with_parent, daemon=True).start()
    for name, stream in (("output", 1), ("errors", 2)):
        os.dup2(os.open(f"{folder}/{name}", os.O_WRONLY | os.O_CREAT), stream)
    os.chdir(f"{folder}/work")
    sys.argv, sys.dont_write_bytecode = [file], True
    result = Path(folder, "result")
    try:
        run = run_notebook if file.endswith(".ipynb") else run_program
        found = run(file, result, seeder)
        values = find_values({n: v for n, v in found.items() if n not in hidden})
        write(result / "values.json", values, indent=1, sort_keys=True)
    except BaseException as error:
        write(Path(folder, "reason"), describe(error, file))
        sys.exit(1)


def write(path: Path, content: Any, **how: Any) -> None:
    path.write_text(json.dumps(content, **how), "utf-8")


def run_notebook(file: str, result: Path, seeder: str) -> dict[str, Any]:
    """Keep a notebook's outputs, but for the cells that write shared modules.

    It has no values.
    """
    import nbclient
    import nbformat

    del os.environ["MPLBACKEND"]  # a notebook draws inline
    notebook = nbformat.read(file, as_version=4)
    nbclient.NotebookClient(
        notebook, timeout=None, record_timing=False, coalesce_streams=True
    ).execute()
    notebook.cells = [c for c in notebook.cells if not c.id.startswith(FILE)]
    nbformat.write(notebook, result / "notebook.ipynb")
    return {}


def run_program(file: str, result: Path, seeder: str) -> dict[str, Any]:
    """What a program has named."""
    random.seed(SEED)
    if seeder == "keras":
        import_module("keras").utils.set_random_seed(SEED)
    elif seeder == "numpy":
        import_module("numpy").random.seed(SEED)
    namespace = runpy.run_path(file, run_name="__main__")
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        from measured.run.artists import read_panels

        panels = read_panels(map(pyplot.figure, pyplot.get_fignums()))
        write(result / "drawn.json", panels, separators=(",", ":"))
    return namespace


def find_values(namespace: dict[str, Any]) -> dict[str, Any]:
    """The public numbers of a program: name -> number, or a list with one per seed.

    Of a dictionary, each key that is a word gives a value: `name.key`. A range counts
    as its length. An array as long as a range called ...SEEDS holds one number a seed.
    """
    seeds = {
        len(value)
        for name, value in namespace.items()
        if isinstance(value, range) and name.endswith("SEEDS")
    }
    found = {n: read_value(value, seeds) for n, value in list_public(namespace)}
    return {name: value for name, value in found.items() if value is not None}


def list_public(namespace: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """(name, value) of all whose name is a word without a leading underscore; of a
    dictionary, of what it holds.
    """
    for name, value in namespace.items():
        if re.fullmatch(r"[^\W_]\w*", str(name)):
            inner = list_public(value) if isinstance(value, dict) else [("", value)]
            yield from ((f"{name}.{key}".rstrip("."), found) for key, found in inner)


def read_value(value: Any, seeds: Set[int]) -> Any:
    """A number, a list of one per seed, or None of anything else.

    seeds: how many there may be.
    """
    if isinstance(value, range):
        return len(value)
    np = sys.modules.get("numpy")  # else the program has no array
    is_array = np and isinstance(value, np.ndarray | np.generic)
    if is_array and value.dtype.kind in "biuf":
        if value.ndim == 1 and len(value) in seeds:
            return (value + 0).tolist()  # true is one
        value = value.item() if value.size == 1 else None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number else None


def describe(error: BaseException, file: str) -> dict[str, Any]:
    """Why a program failed, from its own frames on, and its lines that led there."""
    if isinstance(error, SystemExit):
        remedy = "a program ends with its last line"
        return {"lines": [], "text": f"it called sys.exit({error.code!r}): {remedy}"}
    if file.endswith(".ipynb"):
        return {"lines": [], "text": str(error)}
    frame = error.__traceback__
    while frame and frame.tb_frame.f_code.co_filename != file:
        frame = frame.tb_next
    calls = traceback.extract_tb(frame)
    lines = [call.lineno for call in calls if call.filename == file]
    if isinstance(error, SyntaxError) and error.filename == file:
        lines.append(error.lineno)
    text = "".join(traceback.format_exception(error.with_traceback(frame)))
    return {"lines": lines, "text": text.strip()}


def end_with_parent() -> None:
    """However the build ends, its programs end with it."""
    if parent := parent_process():
        parent.join()
    kill_tree(os.getpid())


def kill_tree(pid: int) -> None:
    """End a process, those that it started, and its process group."""
    import psutil  # takes as long to import as a page to build

    with suppress(psutil.NoSuchProcess):
        for process in psutil.Process(pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                process.kill()
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)

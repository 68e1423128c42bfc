"""Run one program as the site does: seeded, in an empty folder, ended with the build. The runner starts it."""

import json
import math
import os
import random
import re
import runpy
import signal
import sys
import threading
import traceback
from contextlib import suppress
from multiprocessing import parent_process
from pathlib import Path

SEED = 0


def main(program, folder, snippets, seeder):
    """Write `reason` (why the program failed) or else result/values.json into `folder`, and what its figure shows as
    result/drawn.json; a notebook keeps its outputs.

    seeder: the package that seeds all random numbers, keras or numpy.
    """
    os.setsid()  # a group of its own, which can be ended as a whole
    os.nice(10)  # pages are served meanwhile
    threading.Thread(target=end_with_parent, daemon=True).start()
    for name, stream in (("output", 1), ("errors", 2)):
        os.dup2(os.open(f"{folder}/{name}", os.O_WRONLY | os.O_CREAT), stream)
    os.chdir(f"{folder}/work")
    sys.argv, sys.dont_write_bytecode = [program], True
    sys.path.insert(0, snippets)
    os.environ["PYTHONPATH"] = snippets  # of a notebook's kernel
    try:
        values = execute(program, f"{folder}/result", seeder)
        Path(folder, "result", "values.json").write_text(json.dumps(values, indent=1, sort_keys=True), "utf-8")
    except BaseException as error:
        Path(folder, "reason").write_text(json.dumps(reason(error, program)), "utf-8")
        sys.exit(1)


def execute(program, result, seeder):
    """The values of a program, or none of a notebook, whose outputs go to `result`."""
    if program.endswith(".ipynb"):
        import nbclient
        import nbformat

        del os.environ["MPLBACKEND"]  # a notebook draws inline
        notebook = nbformat.read(program, as_version=4)
        nbclient.NotebookClient(notebook, timeout=None, record_timing=False).execute()
        nbformat.write(notebook, f"{result}/notebook.ipynb")
        return {}
    if seeder == "keras":
        import keras

        keras.utils.set_random_seed(SEED)
    else:
        import numpy as np

        random.seed(SEED)
        np.random.seed(SEED)
    namespace = runpy.run_path(program, run_name="__main__")
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        from measured.run.artists import panels

        data = panels(map(pyplot.figure, pyplot.get_fignums()))
        Path(result, "drawn.json").write_text(json.dumps(data, separators=(",", ":")), "utf-8")
    return numbers(namespace)


def numbers(namespace):
    """The public numbers of a program: name -> number, or a list with one for each seed.

    Of a dictionary, each key that is a word gives a value: `name.key`. A range counts as its length. An array as long
    as a range called ...SEEDS holds one number per seed.
    """
    seeds = {len(value) for name, value in namespace.items() if isinstance(value, range) and name.endswith("SEEDS")}
    found = {name: number(value, seeds) for name, value in public(namespace)}
    for name, value in found.items():
        if value is not None and not all(map(math.isfinite, value if isinstance(value, list) else [value])):
            raise ValueError(f"the value {name} is {value}: mend the program, or call it _{name} if no page uses it")
    return {name: value for name, value in found.items() if value is not None}


def public(namespace):
    """(name, value) of all whose name is a word without a leading underscore; of a dictionary, of what it holds."""
    for name, value in namespace.items():
        if re.fullmatch(r"[^\W_]\w*", str(name)):
            inner = public(value) if isinstance(value, dict) else [("", value)]
            yield from ((f"{name}.{key}".rstrip("."), found) for key, found in inner)


def number(value, seeds):
    """A number, a list of one per seed, or None of anything else. seeds: how many there may be."""
    import numpy as np

    if isinstance(value, range):
        return len(value)
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "biuf":
        if value.ndim == 1 and len(value) in seeds:
            return (value + 0).tolist()  # true is one
        if value.size == 1 and value.dtype.kind != "b":
            return value.item()
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def reason(error, program):
    """Where and why the program failed, with its own frames only."""
    if isinstance(error, SystemExit):
        return {"line": 0, "text": f"it called sys.exit({error.code!r}): a program ends with its last line"}
    if program.endswith(".ipynb"):
        return {"line": 0, "text": str(error)}
    frame = error.__traceback__
    while frame and frame.tb_frame.f_code.co_filename != program:
        frame = frame.tb_next
    lines = [entry.lineno for entry in traceback.extract_tb(frame) if entry.filename == program]
    text = "".join(traceback.format_exception(error.with_traceback(frame)))
    return {"line": (lines or [getattr(error, "lineno", 0)])[-1], "text": text.strip()}


def end_with_parent():
    """However the build ends, its programs end with it."""
    parent_process().join()
    kill_tree(os.getpid())


def kill_tree(pid):
    """End a process, those that it started, and its process group."""
    import psutil  # takes as long to import as a page to build

    with suppress(psutil.NoSuchProcess):
        for process in psutil.Process(pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                process.kill()
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)

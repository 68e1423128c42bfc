"""Run every stale program once, each in its own process and empty folder, and keep what it drew, printed and found."""

import ast
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from engine import SiteError

ENGINE = Path(__file__).parent
PACKAGES = ("tensorflow", "keras", "numpy", "matplotlib", "scikit-learn")
ENVIRONMENT = {  # what a program sees besides its own text; part of the key
    "CUDA_VISIBLE_DEVICES": "-1",
    "KERAS_BACKEND": "tensorflow",
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1",  # results depend on the number of threads in the last digits
    "PYTHONHASHSEED": "0",
    "PYTHONIOENCODING": "utf-8",
    "SOURCE_DATE_EPOCH": "0",  # no dates in figures
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
}
TIME_LIMIT = 600  # seconds a program
SENTINEL = "#010203"  # matplotlibrc's text colour
PALETTE = "<style>:root{color:#1f2328}@media(prefers-color-scheme:dark){:root{color:#dfe2e8}}</style>"
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Result:
    """One program's finished run: `folder` holds its figures, output.txt and values.json."""

    name: str
    folder: Path
    seconds: float
    reused: bool = True

    @cached_property
    def values(self):
        return json.loads((self.folder / "values.json").read_text())

    @cached_property
    def figures(self):
        return sorted(path.name for path in self.folder.glob("*.svg"))


class Runner:
    """The programs of a project and their results.

    programs: name -> path, every file in `snippets/` that no other file there imports.
    """

    def __init__(self, root):
        self.root = Path(root).resolve()
        self.cache = self.root / ".cache" / "experiments"
        self.modules = {path.stem: path for path in sorted((self.root / "snippets").glob("*.py"))}
        imported = {name for path in self.modules.values() for name in self.imports(path)}
        self.programs = {name: path for name, path in self.modules.items() if name not in imported}

    def imports(self, path):
        """Names of the project's modules that the file imports, directly or not."""
        try:
            tree = ast.parse(path.read_bytes())
        except SyntaxError:  # its run reports it, with the traceback
            return set()
        nodes = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
        direct = {a.name for n in nodes if isinstance(n, ast.Import) for a in n.names}
        direct |= {n.module for n in nodes if isinstance(n, ast.ImportFrom)}
        found = (direct & self.modules.keys()) - {path.stem}
        return found.union(*(self.imports(self.modules[name]) for name in found))

    def uses(self, name):
        """Names of the modules that a program imports."""
        return self.imports(self.modules[name])

    def key(self, name):
        """Digest of all that the result may depend on."""
        sources = [self.modules[name], *(self.modules[module] for module in sorted(self.uses(name)))]
        return fingerprint(*sources, ENGINE / "child.py", ENGINE / "runner.py")

    def stored(self, name):
        """The kept result if it is whole and belongs to the program as it is now, else None."""
        folder = self.cache / name
        try:
            kept = json.loads((folder / "manifest.json").read_text())
            whole = all(digest(folder / file) == expected for file, expected in kept["files"].items())
            if whole and kept["key"] == self.key(name):
                return Result(name, folder, kept["seconds"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):  # missing or damaged: run again
            pass
        return None

    def run(self, name):
        """Run the program and keep its result in place of an older one. Raises SiteError with its traceback."""
        self.cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f"{name}-", dir=self.cache.parent) as scratch:
            work, result = Path(scratch, "work"), Path(scratch, "result")
            work.mkdir()
            result.mkdir()
            seconds = self.execute(name, work, result)
            output = (Path(scratch) / "output").read_bytes().decode(errors="replace")
            (result / "output.txt").write_text(printed(output))
            for figure in work.glob("*.svg"):
                (result / figure.name).write_text(adaptive(figure.read_text()))
            files = {path.name: digest(path) for path in result.iterdir()}
            manifest = {"key": self.key(name), "seconds": seconds, "files": files}
            (result / "manifest.json").write_text(json.dumps(manifest, indent=1))
            if (self.cache / name).exists():
                (self.cache / name).rename(Path(scratch, "replaced"))
            result.rename(self.cache / name)
        return Result(name, self.cache / name, seconds, reused=False)

    def execute(self, name, work, result):
        """Run the program in `work`, its values into `result`; returns seconds. Its children end with it."""
        environment = {**os.environ, **ENVIRONMENT, "MATPLOTLIBRC": str(ENGINE / "matplotlibrc")}
        environment["PYTHONPATH"] = str(self.root / "snippets")
        command = [sys.executable, "-P", "-B", ENGINE / "child.py", self.programs[name], result / "values.json"]
        start = time.monotonic()
        with open(work.parent / "output", "wb") as out, open(work.parent / "errors", "wb") as err:
            process = subprocess.Popen(
                command, cwd=work, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                start_new_session=True,
            )  # fmt: skip
            try:
                status = process.wait(TIME_LIMIT)
            except subprocess.TimeoutExpired:
                status = f"no end within {TIME_LIMIT} s"
            finally:
                kill_group(process)
        if status or not (result / "values.json").exists():
            errors = (work.parent / "errors").read_bytes().decode(errors="replace").strip()
            raise SiteError(f"snippets/{name}.py failed (exit status: {status}):\n{traceback_only(errors)}")
        return round(time.monotonic() - start, 2)

    def results(self, names=None, report=lambda line: None):
        """Results of the programs by name, running what is stale, several at once.

        Raises SiteError with every failure; results that did succeed are kept.
        """
        names = list(self.programs if names is None else names)
        done = {name: result for name in names if (result := self.stored(name))}
        failures = []

        def attempt(name):
            report(f"running {name}")
            try:
                done[name] = self.run(name)
                report(f"finished {name} in {done[name].seconds:.1f} s")
            except SiteError as error:
                failures.extend(error.messages)
                report(f"failed {name}")

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(attempt, [name for name in names if name not in done]))
        if failures:
            raise SiteError(sorted(failures))
        return {name: done[name] for name in names}


def fingerprint(*files):
    """Digest of the files and of all else that a run here depends on: versions, environment, the look of figures."""
    facts = [sys.version, *map(version, PACKAGES), repr(ENVIRONMENT)]
    facts += [digest(file) for file in (*files, ENGINE / "matplotlibrc")]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def kill_group(process):
    """End whatever the program left behind; its process group is its own."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def printed(output):
    """Printed output without terminal control codes and Keras' progress lines."""
    lines = [CONTROL.sub("", line) for line in output.replace("\r\n", "\n").split("\n")]
    return "\n".join(line.rstrip() for line in lines if "━" not in line).strip("\n")


def adaptive(svg):
    """The figure with its text colour following the page's palette, light or dark."""
    head, tag, rest = svg.partition("<svg ")
    opening, close, body = rest.partition(">")
    return f"{head}{tag}{opening}{close}{PALETTE}{body}".replace(SENTINEL, "currentColor")


def traceback_only(errors):
    """What the program raised, without TensorFlow's log lines before it."""
    start = errors.rfind("Traceback (most recent call last)")
    return errors[start:] if start >= 0 else errors[-4000:]

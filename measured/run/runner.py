"""Run every stale program once, each in its own process and empty folder, and keep what it drew, printed and found."""

import ast
import hashlib
import json
import math
import multiprocessing
import os
import re
import shutil
import signal
import sys
import time
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from multiprocessing.connection import wait
from pathlib import Path

from filelock import FileLock, Timeout

from measured import Fault, SiteError
from measured.run import child

ENGINE = Path(__file__).parent
PACKAGES = ("tensorflow", "keras", "numpy", "matplotlib", "scikit-learn", "ipykernel")
ENVIRONMENT = dict(re.findall(r"^(\w+)=(\S*)", (ENGINE / "environment").read_text("utf-8"), re.M))
PRELOAD = {"keras": "keras", "tensorflow": "tensorflow", "matplotlib": "matplotlib.pyplot"}
TIME_LIMIT = float(os.environ.get("TIME_LIMIT", 600))  # seconds a program
OUTPUT_LIMIT = 100_000  # bytes printed
TICK = 0.2  # seconds between looks at what has changed
SENTINEL = "#010203"  # matplotlibrc's text colour
PALETTE = "<style>:root{color:#1f2328}@media(prefers-color-scheme:dark){:root{color:#dfe2e8}}</style>"
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")


def quiet(line=None, runs=(), waiting=()):
    """Show nothing of a run."""


@dataclass(frozen=True)
class Result:
    """What a run left. files: name -> bytes of figures, output.txt, values.json, drawn.json and an executed
    notebook.ipynb; or the fault for which it failed, and would again.
    """

    name: str
    key: str
    seconds: float
    files: dict
    fault: Fault | None = None
    reused: bool = False

    @cached_property
    def values(self):
        return json.loads(self.files["values.json"])

    @cached_property
    def drawn(self):
        """What the figure shows, panel by panel: see measured/run/artists.py."""
        return json.loads(self.files.get("drawn.json", b"[]"))

    @property
    def figures(self):
        return sorted(name for name in self.files if name.endswith(".svg"))

    @property
    def output(self):
        return self.files["output.txt"].decode()


class Run:
    """A program at work, in a folder of its own."""

    def __init__(self, name, key, folder, process):
        self.name, self.key, self.folder, self.process = name, key, folder, process
        shutil.rmtree(folder, ignore_errors=True)
        for part in ("work", "result"):
            (folder / part).mkdir(parents=True)
        process.start()
        self.start = time.monotonic()

    @property
    def seconds(self):
        return round(time.monotonic() - self.start, 2)

    def end(self):
        """Stop the program and all that it started; its exit status."""
        if self.process.exitcode is None:
            child.kill_tree(self.process.pid)
        self.process.join()
        child.kill_tree(self.process.pid)  # what it left behind
        return self.process.exitcode


class Runner:
    """The programs of a project and their results.

    programs: name -> path, every notebook in `docs/labs/` and every file in `snippets/` that no other file there
    imports. workers: how many run at once. method: forkserver (imports shared) or spawn; results are the same.
    """

    def __init__(self, root, workers=None, method=None):
        self.root = Path(root).resolve()
        self.cache, self.work = self.root / ".cache" / "experiments", self.root / ".cache" / "work"
        methods = multiprocessing.get_all_start_methods()
        self.context = multiprocessing.get_context(method or ("forkserver" if "forkserver" in methods else "spawn"))
        self.workers, self.outcomes, self.stopped = workers or os.cpu_count(), {}, False
        self.lock = FileLock(self.root / ".cache" / "lock", thread_local=False)
        self.scan()

    def scan(self):
        """Look for programs anew."""
        self.modules = {path.stem: path for path in sorted((self.root / "snippets").glob("*.py"))}
        labs = {path.stem: path for path in sorted((self.root / "docs" / "labs").glob("*.ipynb"))}
        found = self.modules | labs
        shared = {used for name, path in found.items() for used in self.imports(path) if used != name}
        self.programs = {name: path for name, path in found.items() if name not in shared}

    def imports(self, path, seen=frozenset()):
        """Top-level names that the file imports, itself or through the project's modules."""
        found = imported(source(path)) - seen
        return found.union(*(self.imports(self.modules[name], seen | found) for name in found & self.modules.keys()))

    def uses(self, name):
        """Names of the project's modules that a program imports."""
        return self.imports(self.programs[name]) & self.modules.keys()

    def key(self, name):
        """Digest of all that the result may depend on: texts, versions, environment, the look of figures."""
        files = [self.programs[name], *(self.modules[module] for module in sorted(self.uses(name)))]
        files += [ENGINE / part for part in ("child.py", "artists.py", "runner.py", "matplotlibrc")]
        facts = [sys.version, *versions(), repr(ENVIRONMENT), *(digest(file.read_bytes()) for file in files)]
        return digest("\n".join(facts).encode())

    def find(self, name):
        """The Result of the program as it is now, or None if it has to run."""
        key = self.key(name)
        known = self.outcomes.get(name)
        if known is None or known.key != key:
            known = self.outcomes[name] = self.stored(name, key)
        return known

    def stored(self, name, key):
        """The kept result if it is whole and has the key, else None."""
        try:
            kept = self.manifest(name)
            files = {file: (self.cache / name / file).read_bytes() for file in kept["files"] if kept["key"] == key}
            if files and all(digest(files[file]) == expected for file, expected in kept["files"].items()):
                return Result(name, key, self.expected(name), files, reused=True)
        except (OSError, KeyError, TypeError, AttributeError):  # missing or damaged: run again
            pass
        return None

    def manifest(self, name):
        try:
            return dict(json.loads((self.cache / name / "manifest.json").read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return {}

    def expected(self, name):
        """Seconds that the program took last time, in whatever version; infinity if it is new."""
        return self.manifest(name).get("seconds", math.inf)

    def run(self, names=None, show=quiet):
        """Run what is stale of `names` (all if None), longest first; name -> Result, None if stopped.

        What is edited meanwhile starts again. show: called with a line at each event, and at each tick with None, the
        runs and the names that wait. Raises SiteError if results cannot be kept.
        """
        runs, ran = [], self.stale(names)
        try:
            if ran:
                self.prepare(names, show)
            while (stale := self.stale(names)) and not self.stopped:
                for run in list(runs):
                    overdue, edited = run.seconds > TIME_LIMIT, stale.get(run.name) != run.key
                    if overdue or edited or run.process.exitcode is not None:
                        runs.remove(run)
                        self.finish(run, overdue, edited, show)
                idle = self.stale(names).keys() - {run.name for run in runs}
                waiting = sorted(idle, key=lambda name: (-self.expected(name), name))
                while waiting and len(runs) < self.workers:
                    show(f"running {waiting[0]}")
                    runs.append(self.start(waiting.pop(0)))
                show(None, runs, waiting)
                if runs:
                    wait([run.process.sentinel for run in runs], TICK)
        except Timeout:  # stopped while another build was at work
            pass
        except OSError as error:
            raise self.cannot_keep(error) from None
        finally:
            for run in runs:
                run.end()
            if ran:
                self.lock.release()
        outcomes = {name: self.find(name) for name in (self.programs if names is None else names)}
        show(summary(ran, outcomes))
        return outcomes

    def results(self, names=None, show=quiet):
        """Results by name, running what is stale. Raises SiteError with every failure; other results are kept."""
        outcomes = self.run(names, show)
        if faults := [outcome.fault for outcome in outcomes.values() if outcome.fault]:
            raise SiteError(sorted(faults))
        return outcomes

    def stale(self, names=None):
        """The programs of `names` (all if None) that have to run, with their keys."""
        found = [name for name in (self.programs if names is None else names) if self.programs[name].exists()]
        return {name: self.key(name) for name in found if self.find(name) is None}

    def prepare(self, names, show):
        """Wait for other builds of the project, clear what a killed one left, and share the slow imports."""
        self.hold(show)
        shutil.rmtree(self.work, ignore_errors=True)
        os.environ.update(ENVIRONMENT, MATPLOTLIBRC=str(ENGINE / "matplotlibrc"))
        here, paths = str(ENGINE.parent.parent), os.environ.get("PYTHONPATH", "")
        if here not in paths.split(os.pathsep):  # where the fork server and the programs' processes find child.py
            os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [here, paths]))
            sys.path.append(here)
        imports = set().union(*(self.imports(self.programs[name]) for name in self.stale(names)))
        shared = [module for package, module in PRELOAD.items() if package in imports]
        self.context.set_forkserver_preload(["measured.run.preload", "measured.run.child", *shared])

    def hold(self, show=quiet):
        """Take the project's lock, waiting while another build has it."""
        try:
            self.cache.mkdir(parents=True, exist_ok=True)
            self.lock.acquire(blocking=False)
        except Timeout:
            show("another build of this project is at work: waiting for it")
            self.lock.acquire(cancel_check=lambda: self.stopped)
        except OSError as error:
            raise self.cannot_keep(error) from None

    def cannot_keep(self, error):
        return SiteError(f"cannot keep results in {self.cache.parent}: {error.strerror}: mend that, and build again")

    def start(self, name):
        seeder = "keras" if {"keras", "tensorflow"} & self.imports(self.programs[name]) else "numpy"
        arguments = str(self.programs[name]), str(self.work / name), str(self.root / "snippets"), seeder
        return Run(name, self.key(name), self.work / name, self.context.Process(target=child.main, args=arguments))

    def finish(self, run, overdue, edited, show):
        """Keep what the run left: its result in place of the old one, or why it failed."""
        seconds, status = run.seconds, run.end()
        if edited:
            return  # its next run clears the folder
        line, cause = problem(run, status, overdue)
        if cause:
            file = self.programs[run.name].relative_to(self.root).as_posix()
            fault = Fault(file, line, f"the program failed: {cause}")
            self.outcomes[run.name] = Result(run.name, run.key, seconds, {}, fault)
            show(f"failed {run.name} after {seconds:.1f} s")
        else:
            self.outcomes[run.name] = self.keep(run, seconds)
            show(f"finished {run.name} in {seconds:.1f} s")
        shutil.rmtree(run.folder)

    def keep(self, run, seconds):
        folder = run.folder / "result"
        (folder / "output.txt").write_text(
            printed((run.folder / "output").read_bytes().decode(errors="replace")), "utf-8"
        )
        for figure in (run.folder / "work").glob("*.svg"):
            (folder / figure.name).write_text(adaptive(figure.read_text("utf-8")), "utf-8")
        files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
        digests = {name: digest(content) for name, content in files.items()}
        manifest = {"key": run.key, "seconds": seconds, "files": digests}
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=1), "utf-8")
        if (self.cache / run.name).exists():
            (self.cache / run.name).rename(run.folder / "replaced")
        folder.rename(self.cache / run.name)
        return Result(run.name, run.key, seconds, files)


@cache
def imported(text):
    """Top-level names that a program's text imports; none if it is no Python, which its run reports."""
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError):
        return frozenset()
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return frozenset(name.split(".")[0] for name in names)


def source(path):
    """A program's text as bytes; of a notebook, its code without IPython's own commands."""
    if path.suffix != ".ipynb":
        return path.read_bytes()
    code = "\n".join(text for kind, text in cells(path) if kind == "code")
    return re.sub(r"^[ \t]*[%!].*$", "", code, flags=re.M).encode()


def cells(path):
    """(kind, text) of a notebook's cells; none if it is no notebook, which its run reports."""
    try:
        return [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(path.read_bytes())["cells"]]
    except (ValueError, KeyError, TypeError):
        return []


@cache
def versions():
    """Of all that a result may depend on. Raises SiteError if one is missing."""
    try:
        return [f"{package} {version(package)}" for package in PACKAGES]
    except PackageNotFoundError as error:
        raise SiteError(
            f"{error.name} is not installed: run this through make, or pip install -r requirements.txt"
        ) from None


def summary(ran, outcomes):
    """One line: how many ran, how many were reused, the slowest five of those that ran."""
    timed = sorted(((outcomes[name].seconds, name) for name in ran if outcomes[name]), reverse=True)
    slowest = ", ".join(f"{name} {seconds:.1f} s" for seconds, name in timed[:5])
    return f"ran {len(ran)}, reused {len(outcomes) - len(ran)}" + (f"; slowest: {slowest}" if slowest else "")


def digest(content):
    return hashlib.sha256(content).hexdigest()


def problem(run, status, overdue):
    """(line, cause) of a failed run, or (0, "")."""
    if overdue:
        return 0, f"no end within {TIME_LIMIT:g} s: make it shorter, or set TIME_LIMIT"
    drawn = sorted(path.name for path in (run.folder / "work").glob("*.svg") if path.stem != run.name)
    size = (run.folder / "output").stat().st_size if (run.folder / "output").exists() else 0
    if (run.folder / "reason").exists():
        try:
            reason = json.loads((run.folder / "reason").read_text("utf-8"))
        except ValueError:
            return 0, "it could not even write why: is the disk full?"
        return reason["line"], CONTROL.sub("", reason["text"])
    if status < 0:
        return 0, f"it was ended by {signal.Signals(-status).name}"
    if not (run.folder / "result" / "values.json").exists():
        return 0, f"it ended with status {status} before its last line"
    if drawn:
        return 0, f"it drew {', '.join(drawn)}: a program draws one figure, {run.name}.svg"
    if size > OUTPUT_LIMIT:
        return 0, f"it printed {size:,} bytes: a page shows at most {OUTPUT_LIMIT:,}"
    return 0, ""


def printed(output):
    """Printed output without terminal control codes and Keras' progress lines."""
    lines = [CONTROL.sub("", line) for line in output.replace("\r\n", "\n").split("\n")]
    return "\n".join(line.rstrip() for line in lines if "━" not in line).strip("\n")


def adaptive(svg):
    """The figure with its text colour following the page's palette, light or dark."""
    head, tag, rest = svg.partition("<svg ")
    opening, close, body = rest.partition(">")
    return f"{head}{tag}{opening}{close}{PALETTE}{body}".replace(SENTINEL, "currentColor")

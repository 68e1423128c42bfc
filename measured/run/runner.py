"""Run every stale program once, each in its own process, and keep what it found."""

import multiprocessing
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from measured import Fault, SiteError
from measured.run.process import Run
from measured.run.program import (
    Listing,
    failure,
    find_all_imports,
    list_program,
    locate,
)
from measured.run.store import Result, Store, digest

HERE = Path(__file__).parent
# What a result depends on besides its program's text and the versions below.
MAKERS = ("artists.py", "child.py", "process.py", "store.py", "matplotlibrc")
PACKAGES = ("tensorflow", "keras", "numpy", "matplotlib", "scikit-learn", "ipykernel")
ENVIRONMENT = dict(
    re.findall(r"^(\w+)=(\S*)", (HERE / "environment").read_text("utf-8"), re.M)
)
PRELOAD = {
    "numpy": "numpy",
    "keras": "keras",
    "tensorflow": "tensorflow",
    "matplotlib": "matplotlib.pyplot",
}
TIME_LIMIT = float(os.environ.get("TIME_LIMIT", 600))  # seconds a program
TICK = 0.2  # seconds between looks at what has changed


# Called with a line at each event; at each tick with None, what runs and what waits.
Show = Callable[..., None]


def quiet(*event: Any) -> None:
    """Show nothing of a run."""


class Runner:
    """The programs of a project and their results.

    programs: name -> path, every notebook in `docs/labs/` and every file in `snippets/`
    that no other file there imports. modules: name -> path of all in `snippets/`.
    workers: how many run at once. method: forkserver (imports shared) or spawn; results
    are the same. time_limit: seconds after which a program is ended.
    """

    def __init__(
        self, root: Path, workers: int | None = None, method: str | None = None
    ) -> None:
        self.root = Path(root).resolve()
        self.work = self.root / ".cache" / "work"
        self.store = Store(self.root / ".cache" / "experiments")
        methods = multiprocessing.get_all_start_methods()
        fastest = "forkserver" if "forkserver" in methods else "spawn"
        self.context = multiprocessing.get_context(method or fastest)
        self.workers = workers or os.cpu_count() or 1
        self.time_limit, self.stopped = TIME_LIMIT, False
        self.outcomes: dict[str, Result | None] = {}
        self.listings: dict[str, tuple[list[bytes], Listing]] = {}
        self.lock = FileLock(self.root / ".cache" / "lock", thread_local=False)
        self.scan()

    def scan(self) -> None:
        """Look for programs anew."""
        self.modules = {p.stem: p for p in sorted(self.root.glob("snippets/*.py"))}
        labs = {p.stem: p for p in sorted(self.root.glob("docs/labs/*.ipynb"))}
        found = self.modules | labs
        shared = {used for path in found.values() for used in self.find_shared(path)}
        self.programs = {n: path for n, path in found.items() if n not in shared}

    def find_shared(self, path: Path) -> list[str]:
        """Names of the project's modules that a file imports, itself or through one."""
        used = find_all_imports(path, self.modules) & self.modules.keys()
        return sorted(used - {path.stem})

    def uses(self, name: str) -> list[str]:
        """Names of the project's modules that a program imports."""
        return self.find_shared(self.programs[name])

    def read(self, name: str) -> Listing:
        """The program as it runs. Raises SiteError if it cannot be self-contained."""
        path = self.programs[name]
        paths = [path, *(self.modules[module] for module in self.uses(name))]
        texts = [path.read_bytes() for path in paths]
        if name not in self.listings or self.listings[name][0] != texts:
            self.listings[name] = texts, list_program(path, self.modules)
        return self.listings[name][1]

    def key(self, name: str) -> str:
        """Digest of all that the result may depend on: text, versions, environment,
        the look of figures. Raises SiteError like `read`.
        """
        listing = self.read(name)
        facts = [listing.text, listing.seeder, *sorted(listing.hidden), sys.version]
        facts += [*find_versions(), repr(ENVIRONMENT)]
        facts += [digest((HERE / file).read_bytes()) for file in MAKERS]
        return digest("\n".join(facts).encode())

    def find(self, name: str) -> Result | None:
        """The Result of the program as it is now, or None if it has to run."""
        try:
            self.read(name)
        except SiteError as error:  # it cannot even be started
            return Result(name, "", 0, {}, error.faults[0])
        key = self.key(name)
        known = self.outcomes.get(name)
        if known is None or known.key != key:
            known = self.outcomes[name] = self.store.find(name, key)
        return known

    def stale(self, names: Iterable[str] | None = None) -> dict[str, str]:
        """The programs of `names` (all if None) that have to run, with their keys."""
        names = self.programs if names is None else names
        found = [name for name in names if self.programs[name].exists()]
        return {name: self.key(name) for name in found if self.find(name) is None}

    def results(
        self, names: Iterable[str] | None = None, show: Show = quiet
    ) -> dict[str, Result]:
        """Results by name, running what is stale.

        Raises SiteError with every failure; other results are kept.
        """
        outcomes = self.run(names, show)
        found = {name: result for name, result in outcomes.items() if result}
        if faults := [result.fault for result in found.values() if result.fault]:
            raise SiteError(sorted(faults))
        return found

    def run(
        self, names: Iterable[str] | None = None, show: Show = quiet
    ) -> dict[str, Result | None]:
        """Run what is stale of `names` (all if None); name -> Result, None if stopped.

        What is edited meanwhile starts again. Raises SiteError if results cannot be
        kept.
        """
        ran = self.stale(names)
        if ran:
            try:
                self.prepare(ran, show)
                self.run_stale(names, show)
            except Timeout:  # stopped while another build was at work
                pass
            except OSError as error:
                raise self.refuse_cache(error) from None
            finally:
                self.lock.release()
        names = self.programs if names is None else names
        outcomes = {name: self.find(name) for name in names}
        show(summarize(ran, outcomes))
        return outcomes

    def run_stale(self, names: Iterable[str] | None, show: Show) -> None:
        """Run programs, longest first, until none is stale."""
        runs: list[Run] = []
        try:
            while (stale := self.stale(names)) and not self.stopped:
                for run in list(runs):
                    edited = stale.get(run.name) != run.key
                    overdue = run.seconds > self.time_limit
                    if edited or overdue or run.process.exitcode is not None:
                        runs.remove(run)
                        self.finish(run, edited, overdue, show)
                idle = self.stale(names).keys() - {run.name for run in runs}
                waiting = sorted(idle, key=lambda n: (-self.store.expect(n), n))
                while waiting and len(runs) < self.workers:
                    show(f"running {waiting[0]}")
                    runs.append(self.start(waiting.pop(0)))
                show(None, runs, waiting)
                if runs:
                    wait([run.process.sentinel for run in runs], TICK)
        finally:
            for run in runs:
                run.end()

    def prepare(self, names: Iterable[str], show: Show) -> None:
        """Wait for other builds of the project, clear what a killed one left, and share
        the slow imports.
        """
        self.hold(show)
        shutil.rmtree(self.work, ignore_errors=True)
        os.environ.update(ENVIRONMENT, MATPLOTLIBRC=str(HERE / "matplotlibrc"))
        paths = [self.programs[name] for name in names]
        imports = set().union(*(find_all_imports(p, self.modules) for p in paths))
        shared = [module for package, module in PRELOAD.items() if package in imports]
        preload = ["measured.run.preload", "measured.run.child", *shared]
        self.context.set_forkserver_preload(preload)

    def hold(self, show: Show = quiet) -> None:
        """Take the project's lock, waiting while another build has it."""
        try:
            self.store.folder.mkdir(parents=True, exist_ok=True)
            self.lock.acquire(blocking=False)
        except Timeout:
            show("another build of this project is at work: waiting for it")
            self.lock.acquire(cancel_check=lambda: self.stopped)
        except OSError as error:
            raise self.refuse_cache(error) from None

    def refuse_cache(self, error: OSError) -> SiteError:
        """What to say where nothing can be written."""
        return SiteError(
            f"cannot keep results in {self.store.folder.parent}: {error.strerror}:"
            " mend that, and build again"
        )

    def start(self, name: str) -> Run:
        """The program at work, as it is now."""
        listing, folder = self.read(name), self.work / name
        return Run(self.key(name), listing, self.programs[name], folder, self.context)

    def finish(self, run: Run, edited: bool, overdue: bool, show: Show) -> None:
        """Keep what the run left: its result, or why it failed."""
        seconds, status = run.seconds, run.end()
        if edited:
            return  # its next run clears the folder
        limit = (
            f"no end within {self.time_limit:g} s: make it shorter, or set TIME_LIMIT"
        )
        line, cause = (0, limit) if overdue else run.explain(status)
        if cause:
            fault = Fault(locate(run.source), line, failure(cause))
            result = Result(run.name, run.key, seconds, {}, fault)
            show(f"failed {run.name} after {seconds:.1f} s")
        else:
            result = self.store.keep(run.name, run.key, seconds, run.collect())
            show(f"finished {run.name} in {seconds:.1f} s")
        self.outcomes[run.name] = result
        shutil.rmtree(run.folder)


@cache
def find_versions() -> list[str]:
    """Of all that a result may depend on. Raises SiteError if one is missing."""
    try:
        return [f"{package} {version(package)}" for package in PACKAGES]
    except PackageNotFoundError as error:
        raise SiteError(
            f"{error.name} is not installed: run this through make, or pip install"
            " -r requirements.txt"
        ) from None


def summarize(ran: Iterable[str], outcomes: dict[str, Result | None]) -> str:
    """One line: how many ran, how many were reused, the slowest five of those."""
    names = list(ran)
    found = [(result.seconds, name) for name in names if (result := outcomes[name])]
    slowest = [f"{name} {seconds:.1f} s" for seconds, name in sorted(found)[:-6:-1]]
    counts = f"ran {len(names)}, reused {len(outcomes) - len(names)}"
    return f"{counts}; slowest: {', '.join(slowest)}" if slowest else counts

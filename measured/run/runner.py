"""Run every stale program once, each in its own process, and keep what it found."""

import multiprocessing.connection
import os
import shutil
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from measured import SiteError
from measured.run.package import digest_package, find_packages
from measured.run.process import Run
from measured.run.program import Listing, fail, find_imports, list_program
from measured.run.store import Result, Store, digest

HERE = Path(__file__).parent
# What a result depends on besides its program's text and the versions below.
MAKERS = ("artists.py", "child.py", "process.py", "store.py", "matplotlibrc")
PACKAGES = ("tensorflow", "keras", "numpy", "matplotlib", "scikit-learn", "ipykernel")
ENVIRONMENT = dict(
    line.split("=")
    for line in (HERE / "environment").read_text("utf-8").splitlines()
    if not line.startswith("#")
)
PRELOAD = {  # package -> what it imports where a program uses it
    "numpy": "numpy",
    "keras": "keras",
    "tensorflow": "tensorflow",
    "matplotlib": "matplotlib.pyplot",
}
TICK = 0.2  # seconds between looks at what has changed


# Called with a line at each event; at each tick with None, what runs and what waits.
Show = Callable[..., None]


def show_nothing(*event: Any) -> None:
    """Show nothing of a run."""


class Runner:
    """The programs of a project and their results.

    programs: name -> path, every notebook in `docs/labs/` and every file in `snippets/`
    that no other file there imports, but for those that are absent. modules: name ->
    path of all in `snippets/`. twins: name -> the package that it has in its name, as
    depth_torch has, and imports, where depth is a program too. absent: the twins whose
    package is not installed. packages: name -> folder of all at the root. workers: how
    many run at once. method: forkserver (imports shared) or spawn; results are the
    same. time_limit: seconds after which a program is ended.
    """

    def __init__(
        self, root: Path, workers: int | None = None, method: str = "forkserver"
    ) -> None:
        self.root = Path(root).resolve()
        self.work = self.root / ".cache" / "work"
        self.store = Store(self.root / ".cache" / "experiments")
        self.context = multiprocessing.get_context(method)
        self.workers = workers or os.cpu_count() or 1
        self.time_limit, self.stopped = float(os.environ.get("TIME_LIMIT", 600)), False
        self.outcomes: dict[str, Result | None] = {}
        self.listings: dict[str, Listing] = {}  # of files as last seen
        self.seen: list[int] = []
        self.lock = FileLock(self.root / ".cache" / "lock", thread_local=False)
        self.scan()

    def scan(self) -> None:
        """Look for programs anew."""
        self.modules = {p.stem: p for p in sorted(self.root.glob("snippets/*.py"))}
        self.packages = find_packages(self.root)
        labs = sorted(self.root.glob("docs/labs/*.ipynb"))
        self.files = self.modules | {path.stem: path for path in labs}
        shared = {used for name in self.files for used in self.uses(name)}
        self.twins = dict(self.find_twins())
        self.absent = {n: p for n, p in self.twins.items() if not find_spec(p)}
        others = shared | self.absent.keys()
        self.programs = {n: path for n, path in self.files.items() if n not in others}
        self.look()

    def find_twins(self) -> Iterator[tuple[str, str]]:
        """(name, package) of each program that is another's in a package's words."""
        for name, path in self.modules.items():
            original, _, package = name.rpartition("_")
            is_twin = original in self.modules and package not in self.modules
            if is_twin and package in find_imports(path, self.modules):
                yield name, package

    def uses(self, name: str) -> set[str]:
        """Names of the project's modules that a file imports, itself or through one."""
        found = find_imports(self.files[name], self.modules)
        return found & self.modules.keys() - {name}

    def read(self, name: str) -> Listing:
        """A file as it runs. Raises SiteError if it cannot be self-contained."""
        if name not in self.listings:
            self.listings[name] = list_program(self.files[name], self.modules)
        return self.listings[name]

    def needs(self, name: str) -> list[str]:
        """Names of the project's packages that a file imports."""
        return sorted(self.read(name).imports & self.packages.keys())

    def identify(self, package: str) -> str:
        """What tells a package's source from any other."""
        if package not in self.identities:
            self.identities[package] = digest_package(self.packages[package])
        return self.identities[package]

    def key(self, name: str) -> str:
        """Digest of all that the result may depend on: text, packages of the project,
        versions, environment, the look of figures. Raises SiteError like `read`.
        """
        listing = self.read(name)
        facts = [listing.text, listing.seeder, *sorted(listing.hidden), sys.version]
        facts += [self.identify(package) for package in self.needs(name)]
        facts += [*find_versions(), repr(ENVIRONMENT), *self.makers]
        if name in self.twins:
            facts += [each for other in sorted(listing.imports) for each in tell(other)]
        return digest("\n".join(facts).encode())

    def look(self) -> None:
        """Forget what was read of files if any has changed since."""
        self.identities: dict[str, str] = {}  # of packages as last seen
        self.makers = [digest((HERE / file).read_bytes()) for file in MAKERS]
        seen = [f.stat().st_mtime_ns for f in self.files.values() if f.exists()]
        if seen != self.seen:
            self.seen, self.listings = seen, {}

    def find(self, name: str) -> Result | None:
        """The Result of the program as it is now, or None if it has to run."""
        try:
            self.read(name)
        except SiteError as error:  # it cannot even be started
            return Result(name, "", 0, {}, error.faults[0])
        key = self.key(name)
        if not (known := self.outcomes.get(name)) or known.key != key:
            known = self.outcomes[name] = self.store.find(name, key)
        return known

    def stale(self, names: Iterable[str] | None = None) -> dict[str, str]:
        """The programs of `names` (all if None) that have to run, with their keys."""
        self.look()
        return {
            name: self.key(name)
            for name in (self.programs if names is None else names)
            if self.files[name].exists() and self.find(name) is None
        }

    def results(
        self, names: Iterable[str] | None = None, show: Show = show_nothing
    ) -> dict[str, Result]:
        """Results by name, running what is stale.

        Raises SiteError with every failure; other results are kept.
        """
        found = {name: one for name, one in self.run(names, show).items() if one}
        if faults := [result.fault for result in found.values() if result.fault]:
            raise SiteError(sorted(faults))
        return found

    def run(
        self, names: Iterable[str] | None = None, show: Show = show_nothing
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
                    ended = run.process.exitcode is not None
                    if edited or ended or run.seconds > self.time_limit:
                        runs.remove(run)
                        self.finish(run, edited, ended, show)
                waiting = sorted(
                    self.stale(names).keys() - {run.name for run in runs},
                    key=lambda name: (-self.store.expect(name), name),
                )
                for name in waiting[: self.workers - len(runs)]:
                    show(f"running {name}")
                    waiting.remove(name)
                    about = self.key(name), self.read(name), self.files[name]
                    runs.append(Run(*about, self.work / name, self.context))
                show(None, runs, waiting)
                if runs:
                    ends = [run.process.sentinel for run in runs]
                    multiprocessing.connection.wait(ends, TICK)
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
        if self.packages:
            open_to_imports(str(self.root))
        files = (self.files[name] for name in names)
        imports = set().union(*(find_imports(f, self.modules) for f in files))
        shared = [module for package, module in PRELOAD.items() if package in imports]
        own = ["measured.run.preload", "measured.run.child"]
        self.context.set_forkserver_preload(own + shared)

    def hold(self, show: Show = show_nothing) -> None:
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
        return SiteError(
            f"cannot keep results in {self.store.folder.parent}: {error.strerror}:"
            " mend that, and build again"
        )

    def finish(self, run: Run, edited: bool, ended: bool, show: Show) -> None:
        """Keep what the run left: its result, or why it failed."""
        seconds, status = run.seconds, run.end()
        if edited:
            return  # its next run clears the folder
        late = (
            f"no end within {self.time_limit:g} s: make it shorter, or set TIME_LIMIT"
        )
        line, cause = run.explain(status) if ended else (0, late)
        if cause:
            result = Result(
                run.name, run.key, seconds, {}, fail(run.source, line, cause)
            )
            show(f"failed {run.name} after {seconds:.1f} s")
        else:
            result = self.store.keep(run.name, run.key, seconds, run.collect())
            show(f"finished {run.name} in {seconds:.1f} s")
        self.outcomes[run.name] = result
        shutil.rmtree(run.folder)


def open_to_imports(folder: str) -> None:
    """Let programs and notebooks that are started from now on import from a folder."""
    if folder not in sys.path:  # programs inherit this
        sys.path.insert(0, folder)
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if folder not in paths:  # the kernels of notebooks this
        os.environ["PYTHONPATH"] = os.pathsep.join([folder, *filter(None, paths)])


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


@cache
def tell(package: str) -> list[str]:
    """Its version, if it has one."""
    try:
        return [f"{package} {version(package)}"]
    except PackageNotFoundError:
        return []


def summarize(ran: Collection[str], outcomes: dict[str, Result | None]) -> str:
    """One line: how many ran, how many were reused, the slowest five of those."""
    found = [(result.seconds, name) for name in ran if (result := outcomes[name])]
    slowest = [f"{name} {seconds:.1f} s" for seconds, name in sorted(found)[:-6:-1]]
    counts = f"ran {len(ran)}, reused {len(outcomes) - len(ran)}"
    return f"{counts}; slowest: {', '.join(slowest)}" if slowest else counts

"""The whole of it: run a project's programs, then check its pages against them."""

import re
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from measured import Fault, SiteError
from measured.memory import Memory, digest_all
from measured.run.package import is_offered, join_modules, name_wheel
from measured.run.program import MARKER, Listing, read_cells
from measured.run.runner import Runner, show_nothing
from measured.run.store import Result
from measured.text.check import check, check_cell
from measured.text.claims import Claim
from measured.text.page import SOURCE, Page, read_pages, read_text
from measured.text.trials import Record

RECORD = "fresh-seeds.json"  # below the project's root


@dataclass(frozen=True)
class Settings:
    """Pages with a task of their own, as paths below docs/; "" where there is none.

    frameworks: package -> its name, first that of programs, then those of twins.
    """

    glossary: str = ""
    sources: str = ""
    notation: str = ""
    frameworks: Mapping[str, str] = field(default_factory=dict)


class Project:
    """A project's pages with the results that they speak of.

    results: program -> Result, or None while there is none. downloads: program -> it,
    self-contained. sections: file of a program -> names of its sections. facts: path of
    a page -> all that its checks and its HTML depend on.
    """

    def __init__(self, root: Path, settings: Settings = Settings()) -> None:
        self.settings = settings
        self.runner = Runner(root)
        self.docs = self.runner.root / "docs"
        self.memory = Memory(self.runner.root / ".cache" / "made")
        self.record = Record(self.runner.root / RECORD)
        self.results: dict[str, Result | None] = {}
        self.downloads: dict[str, Listing] = {}
        self.sections: dict[str, set[str]] = {}
        self.sources: dict[str, str] = {}
        self.pages: list[Page] = []
        self.facts: dict[str, tuple] = {}
        self.faults: list[Fault] = []

    def build(
        self,
        uris: Collection[str] | None = None,
        show: Callable[..., None] = show_nothing,
    ) -> None:
        """Run what is stale and check every page.

        With `uris` check these and run what they use. Raises SiteError with all that
        has to be mended.
        """
        self.read(uris)
        names = None
        if uris is not None:
            used = {name for page in self.pages for name in page.used()}
            used |= {twin for name in used for twin in self.twins(name).values()}
            names = sorted(used & self.runner.programs.keys())
        self.judge(self.runner.run(names, show))
        if self.faults:
            raise SiteError(self.faults)

    def preview(self) -> None:
        """Check every page with the results that there are.

        What is missing or false is shown, not raised.
        """
        self.read()
        self.judge({name: self.runner.find(name) for name in self.runner.programs})

    def read(self, uris: Collection[str] | None = None) -> None:
        """Read the programs and pages anew."""
        self.runner.scan()
        self.record = Record(self.runner.root / RECORD)
        pages = read_pages(self.docs)
        self.pages = [page for page in pages if uris is None or page.uri in uris]
        self.sections = {
            name: {m[2] for m in MARKER.finditer(path.read_text("utf-8", "replace"))}
            for name, path in self.includable().items()
        }
        sources = SOURCE.findall(read_text(self.docs, self.settings.sources))
        self.sources = {key: text for text, key in sources}

    def includable(self) -> dict[str, Path]:
        """name by which a page includes it -> file, of programs and packages."""
        files = {path.name: path for path in self.runner.modules.values()}
        for folder in self.runner.packages.values():
            files |= {f"{folder.name}/{p.name}": p for p in folder.glob("*.py")}
        return files

    def judge(self, outcomes: Mapping[str, Result | None]) -> None:
        """Sort outcomes into results and faults, and check the pages and labs."""
        outcomes = dict(outcomes) | dict.fromkeys(self.runner.absent)
        found = [one for one in outcomes.values() if one]
        failed = {one.name: one.fault for one in found if one.fault}
        self.results = outcomes | dict.fromkeys(failed)
        self.faults = sorted(self.place(*failure) for failure in failed.items())
        for path in (self.runner.modules | self.runner.programs).values():
            if path.suffix == ".ipynb":
                self.faults += self.check_lab(path)
            else:
                with suppress(SiteError):  # it has failed already
                    self.downloads[path.stem] = self.runner.read(path.stem)
        self.faults += self.check_packages()
        self.facts = self.read_facts()
        for page in self.pages:
            facts = page.uri, self.facts[page.uri]
            faults, claims = self.memory.recall(self.check, page, facts=facts)
            page.claims = [claim and self.weigh(claim) for claim in claims]
            self.faults += faults

    def twins(self, name: str) -> dict[str, str]:
        """A program in the words of all frameworks, its own first: name of each -> the
        program; empty if it has no twin.
        """
        named = self.settings.frameworks.items()
        found = {label: f"{name}_{package}" for package, label in named}
        twins = {n: twin for n, twin in found.items() if twin in self.runner.twins}
        return {next(iter(found)): name} | twins if twins else {}

    def absence(self, name: str) -> str | None:
        """Why a program is never run here; None of any other."""
        package = self.runner.absent.get(name, "")
        known = self.settings.frameworks.get(package, package)
        return f"not run here: {known} is not installed" if package else None

    def weigh(self, claim: Claim) -> Claim:
        """The claim with what fresh seeds said of it."""
        return replace(claim, trial=self.record.find(claim, self.texts))

    def needs(self, name: str, site_url: str) -> list[str]:
        """What a program's readers install first: addresses of wheels."""
        folders = (self.runner.packages[each] for each in self.runner.needs(name))
        folder = f"{site_url}downloads/" if site_url else ""
        return [f"{folder}{name_wheel(each)}" for each in folders if is_offered(each)]

    @property
    def texts(self) -> dict[str, str]:
        """program -> its text as it runs."""
        return {name: listing.text for name, listing in self.downloads.items()}

    def check(self, page: Page) -> tuple[list[Fault], list[Claim | None]]:
        """The page's faults and claims."""
        known = self.results, self.sections, self.sources, self.settings.sources
        return check(page, *known, self.twins), page.claims

    def read_facts(self) -> dict[str, tuple]:
        """path of a page -> all that its checks and its HTML depend on beside its
        address: its text, the programs that it names, pages with a task of their own.
        """
        known = {name: self.identify(name) for name in self.runner.files}
        packages = self.runner.packages
        known |= {name: (self.runner.identify(name),) for name in packages}
        special = self.settings.glossary, self.settings.sources, self.settings.notation
        texts = [read_text(self.docs, uri) for uri in special]
        shared = texts, self.page_with("<!-- every claim -->")
        found = {}
        for page in self.pages:
            words = set(re.findall(r"\w+", page.text))
            words |= {twin for word in words for twin in self.twins(word).values()}
            names = sorted(known.keys() & words)
            found[page.uri] = page.text, [known[name] for name in names], *shared
        return found

    def identify(self, name: str) -> tuple:
        """What tells a program, and what it found, from any other."""
        path, result = self.runner.files[name], self.results.get(name)
        source = path.read_bytes() if path.exists() else b""
        found = sorted(result.files.items()) if result else []
        return name, name in self.results, digest_all(source, *(c for _, c in found))

    def place(self, name: str, fault: Fault) -> Fault:
        """A program's failure with the places that use it, or what it is a twin of."""
        original = name.rpartition("_")[0] if name in self.runner.twins else name
        places = [
            f"docs/{page.uri}:{line}"
            for page in self.pages
            if (line := page.used().get(name) or page.used().get(original))
        ]
        message = f"{fault.message}\n  used by: {', '.join(places) or 'no page'}"
        return replace(fault, message=message)

    def check_lab(self, path: Path) -> list[Fault]:
        """Faults in a notebook's text cells; what is no notebook has failed already."""
        return [
            Fault(f"docs/labs/{path.name}", 0, f"cell {number}: {fault}")
            for number, (kind, text) in enumerate(read_cells(path), start=1)
            if kind == "markdown"
            for fault in check_cell(text)
        ]

    def check_packages(self) -> list[Fault]:
        """Why packages that are offered cannot be one file."""
        faults = []
        for folder in filter(is_offered, self.runner.packages.values()):
            try:
                join_modules(folder)
            except SiteError as error:
                faults += error.faults
        return faults

    def page_with(self, marker: str) -> str | None:
        """The address of the page that has a marker, or None."""
        return next((page.uri for page in self.pages if marker in page.text), None)

    def page(self, uri: str) -> Page | None:
        """The page at a path below docs/, if it is one of the project's."""
        return next((page for page in self.pages if page.uri == uri), None)

    def notes(self, uri: str) -> list[Fault]:
        """Faults to show on a page: its own, and of the programs that it uses."""
        file, page = f"docs/{uri}", self.page(uri)
        used = page.used() if page and self.faults else {}
        lines = {f"snippets/{name}.py": line for name, line in used.items()}
        own = [fault for fault in self.faults if fault.file == file]
        failed = [fault for fault in self.faults if fault.file in lines]
        return own + [Fault(file, lines[fault.file], str(fault)) for fault in failed]

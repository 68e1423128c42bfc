"""The whole of it: run a project's programs, then check its pages against what they found."""

from contextlib import suppress
from dataclasses import dataclass, replace

from measured import Fault, SiteError
from measured.run.program import MARKER, read_cells, self_contained
from measured.run.runner import Runner, quiet
from measured.text.markup import check, check_cell, read_pages, read_sources


@dataclass(frozen=True)
class Settings:
    """Pages with a task of their own, as paths below docs/; "" where there is none."""

    glossary: str = ""
    sources: str = ""
    notation: str = ""


class Project:
    """A project's pages with the results that they speak of.

    results: program -> Result, or None while there is none. downloads: program -> its self-contained source.
    """

    def __init__(self, root, settings=Settings()):
        self.settings = settings
        self.runner = Runner(root)
        self.docs = self.runner.root / "docs"
        self.results, self.downloads, self.pages, self.faults = {}, {}, [], []

    def build(self, uris=None, show=quiet):
        """Run what is stale and check every page (or those in `uris`, running only what they use).

        Raises SiteError with all that has to be mended.
        """
        self.read(uris)
        used = sorted({name for page in self.pages for name in page.used()} & self.runner.programs.keys())
        outcomes = self.runner.run(None if uris is None else used, show)
        self.judge(outcomes)
        if self.faults:
            raise SiteError(self.faults)

    def preview(self):
        """Check every page with the results that there are; what is missing or false is shown, not raised."""
        self.read()
        self.judge({name: self.runner.find(name) for name in self.runner.programs})

    def read(self, uris=None):
        self.runner.scan()
        self.pages = [page for page in read_pages(self.docs) if uris is None or page.uri in uris]
        modules = self.runner.modules.values()
        self.sections = {p.name: {m[2] for m in MARKER.finditer(p.read_text("utf-8", "replace"))} for p in modules}
        bibliography = self.docs / self.settings.sources
        self.sources = read_sources(bibliography.read_text("utf-8") if bibliography.is_file() else "")

    def judge(self, outcomes):
        """Sort outcomes into results and faults, and check the pages and labs."""
        self.results = {name: None if found and found.fault else found for name, found in outcomes.items()}
        failures = [found for found in outcomes.values() if found and found.fault]
        self.faults = sorted(self.failed(failure) for failure in failures)
        for page in self.pages:
            self.faults += check(page, self.results, self.sections, self.sources, self.settings.sources)
        for path in (self.runner.modules | self.runner.programs).values():  # what programs share, too
            if path.suffix == ".ipynb":
                self.faults += self.check_lab(path)
            else:
                self.download(path)

    def failed(self, failure):
        """A program's failure with the places that use it."""
        places = ", ".join(f"docs/{page.uri}:{line}" for page, line in self.users(failure.name)) or "no page"
        return replace(failure.fault, message=f"{failure.fault.message}\n  used by: {places}")

    def users(self, program):
        return [(page, page.used()[program]) for page in self.pages if program in page.used()]

    def download(self, path):
        """Keep the program as readers get it; one that cannot be has failed already."""
        with suppress(SiteError):
            self.downloads[path.stem] = self_contained(path, self.runner.modules)

    def check_lab(self, path):
        """Faults in a notebook's text cells; one that is no notebook has failed already."""
        found = []
        for number, (kind, text) in enumerate(read_cells(path), start=1):
            found += [f"cell {number}: {fault}" for fault in (check_cell(text) if kind == "markdown" else [])]
        return [Fault(f"docs/labs/{path.name}", 0, fault) for fault in found]

    def page_with(self, marker):
        """The address of the page that has a marker, or None."""
        return next((page.uri for page in self.pages if marker in page.text), None)

    def page(self, uri):
        return next(page for page in self.pages if page.uri == uri)

    def notes(self, uri):
        """Faults to show on a page: its own, and the failures of the programs that it uses."""
        own = [fault for fault in self.faults if fault.file == f"docs/{uri}"]
        failed = {
            f"snippets/{name}.py": line for page in self.pages if page.uri == uri for name, line in page.used().items()
        }
        return own + [
            Fault(f"docs/{uri}", failed[fault.file], f"{fault}") for fault in self.faults if fault.file in failed
        ]

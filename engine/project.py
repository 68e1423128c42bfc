"""The whole of it: run a project's programs, then check its pages against what they found."""

from pathlib import Path

import nbformat

from engine import SiteError
from engine.downloads import MARKER
from engine.pages import check, check_cell, footnotes, read_pages
from engine.runner import Runner


class Project:
    """A project's pages with the results that they speak of."""

    def __init__(self, root):
        self.docs = Path(root) / "docs"
        self.runner = Runner(root)
        self.results, self.pages = {}, []

    def build(self, uris=None, report=lambda line: None):
        """Run what is stale and check every page (or those in `uris`, running only what they use).

        Raises SiteError with all that has to be mended.
        """
        self.pages = [page for page in read_pages(self.docs) if uris is None or page.uri in uris]
        used = {name for page in self.pages for name in page.used()} & self.runner.programs.keys()
        try:
            self.results = self.runner.results(None if uris is None else sorted(used), report)
        except SiteError as error:
            raise SiteError([self.with_pages(message) for message in error.messages]) from None
        sections = {p.name: {m[2] for m in MARKER.finditer(p.read_text())} for p in self.runner.modules.values()}
        faults = [fault for page in self.pages for fault in check(page, self.results, sections)]
        for page in self.pages:
            try:
                self.footnotes(page)
            except SiteError as error:
                faults += error.messages
        faults += [fault for lab in sorted(self.docs.glob("labs/*.ipynb")) for fault in check_lab(lab)]
        if faults:
            raise SiteError(faults)

    def with_pages(self, failure):
        """A program's failure with the pages that use it."""
        name = failure.split(".py", 1)[0].removeprefix("snippets/")
        users = ", ".join(f"docs/{page.uri}" for page in self.pages if name in page.used())
        return f"{failure}\n  used by: {users or 'no page'}"

    def page(self, uri):
        return next(page for page in self.pages if page.uri == uri)

    def footnotes(self, page):
        bibliography = self.docs / "reference" / "bibliography.md"
        return footnotes(page, bibliography.read_text() if bibliography.exists() else "")


def check_lab(lab):
    """Faults in a notebook's text cells, as `page: cell n: …`."""
    cells = enumerate(nbformat.read(lab, as_version=4).cells, start=1)
    texts = [(number, cell.source) for number, cell in cells if cell.cell_type == "markdown"]
    return [f"docs/labs/{lab.name}: cell {number}: {fault}" for number, text in texts for fault in check_cell(text)]

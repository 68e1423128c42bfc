"""A small project with a stored result, checked in this process."""

import pytest

from measured.run.runner import Result
from measured.text.project import Project, Settings
from tests.conftest import PAGES, Small

SETTINGS = Settings("reference/glossary.md", "reference/bibliography.md")
SVG = b'<svg width="72pt" height="72pt"></svg>'
FILES = {
    "tiny.svg": SVG,
    "output.txt": b"factor 0.0625",
    "values.json": b'{"factor": 0.0625, "SEEDS": 5}',
}


class Pages(Small):
    """The files of a small project, and what a preview says of them."""

    def __init__(self, root):
        super().__init__(root)
        for path, text in PAGES.items():
            self.write(path, text)

    def check(self, **results):
        """The project, checked with its stored result and others."""
        project = Project(self.root, SETTINGS)
        project.read()
        tiny = Result("tiny", key="", seconds=1, files=FILES)
        project.judge({"tiny": tiny, **results})
        return project

    @property
    def faults(self):
        """All faults, as a build would tell them."""
        return [str(fault) for fault in self.check().faults]


@pytest.fixture
def pages(tmp_path):
    """A small project without faults."""
    return Pages(tmp_path)

"""A project's programs, results and pages, as a whole."""

import pytest

from measured import Fault, SiteError
from measured.run.runner import Result
from measured.text import page as pages_of
from measured.text.page import Page
from measured.text.project import Project, Settings
from measured.text.scanner import scan

BOOM = Result("tiny", "", 1, {}, fault=Fault("snippets/tiny.py", 9, "boom"))


@pytest.mark.parametrize(
    "text, line",
    [
        ("{{ p.x }}", 1),
        ("a\n\n\\( {{ p.x }} \\)", 3),
        ("<!-- claim: {{ p.x }} > 1 -->", 1),
        ("![{{ q.x }}](figures/p.svg)", 1),
        ('```python\n--8<-- "p.py:part"\n```', 2),
        ('a\n\n```text\n--8<-- "p/output.txt"\n```', 4),
        ("a\n\n<!-- program: p -->", 3),
        ("`{{ p.x }}` and ![](other/p.svg)", None),
        ("```text\n{{ p.x }} ![](figures/p.svg)\n```", None),
        ('```python\n--8<-- "p.py:part"\n', None),
    ],
)
def test_a_page_uses_a_program_where_readers_meet_it(text, line):
    assert Page("x.md", text).used().get("p") == line


def test_a_page_is_scanned_once_however_often_it_is_asked(pages, monkeypatch):
    scanned = []
    monkeypatch.setattr(
        pages_of, "scan", lambda text: scanned.append(text) or scan(text)
    )
    project = pages.check()
    project.notes("index.md")
    assert len(scanned) == len(set(scanned)) == len(project.pages)


def test_a_failure_names_the_places_that_use_the_program(pages):
    project = pages.check(tiny=BOOM)
    assert [str(fault) for fault in project.faults] == [
        "snippets/tiny.py:9: boom\n  used by: docs/index.md:3"
    ]
    assert project.results == {"tiny": None}


def test_a_failure_is_noted_on_the_pages_that_use_the_program(pages):
    project = pages.check(tiny=BOOM)
    (note,) = project.notes("index.md")
    assert (note.file, note.line) == ("docs/index.md", 3) and "boom" in note.message
    assert project.notes("reference/glossary.md") == []
    assert project.notes("labs/none.ipynb") == []


def test_a_build_of_some_pages_runs_what_they_use(pages, monkeypatch):
    pages.write("snippets/other.py", "print(1)\n")
    pages.write("docs/other.md", "# Other\n\n{{ other.x }} and {{ none.x }}\n")
    project, ran = Project(pages.root, Settings()), []
    monkeypatch.setattr(
        project.runner, "run", lambda names, show: ran.append(names) or {}
    )
    with pytest.raises(SiteError, match="docs/other.md:3: unknown program 'other'"):
        project.build(["other.md"])
    assert ran == [["other"]] and [page.uri for page in project.pages] == ["other.md"]


def test_readers_download_a_program_with_the_modules_that_it_uses(pages):
    pages.write("snippets/shared.py", "def double(x):\n    return 2 * x\n")
    user = '"""Q?\n"""\nfrom shared import double\n\nprint(double(2))\n'
    pages.write("snippets/user.py", user)
    downloads = pages.check().downloads
    user = downloads["user"].text
    assert "def double(x):" in user and "shared" not in user
    assert "--8<--" not in downloads["tiny"].text


def test_a_page_is_found_by_its_address_or_by_what_it_has(pages):
    project = pages.check()
    assert project.page("index.md").text.startswith("# Small")
    assert project.page_with("<!-- every claim -->") == "evidence/claims.md"
    assert project.page_with("<!-- nothing -->") is None

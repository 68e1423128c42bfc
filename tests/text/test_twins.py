"""Programs in the words of several frameworks: tabs, downloads, and one that is absent.

The frameworks are modules of the standard library, and one that nobody has.
"""

import markdown
import pytest
from selectolax.lexbor import LexborHTMLParser

from measured.run.runner import Result
from measured.text.extension import MeasuredExtension
from measured.text.files import list_files
from measured.text.project import Project, Settings
from tests.conftest import Small

FRAMEWORKS = {"math": "Math", "cmath": "Complex", "nowhere": "Nowhere"}
PROGRAM = '''"""How much is two?"""

# --8<-- [start:sum]
import {0}
two = 1 + {0}.cos(0)
# --8<-- [end:sum]
print("two is", two)
'''
PAGE = """# Small

```python
--8<-- "tiny.py:sum"
```

```text
--8<-- "tiny/output.txt"
```

The sum is {{ tiny_cmath.two }}, and {{ tiny_nowhere.two }} elsewhere.
<!-- claim: {{ tiny_cmath.two }} > 1 --> <!-- claim: {{ tiny_nowhere.two }} > 1 -->

<!-- program: tiny -->
"""
NAMES = ["tiny", "tiny_cmath", "tiny_nowhere"]


class Twins(Small):
    """A program, its two twins, and a page."""

    def __init__(self, root):
        super().__init__(root)
        for name, package in zip(NAMES, FRAMEWORKS):
            self.write(f"snippets/{name}.py", PROGRAM.format(package))
        self.write("docs/page.md", PAGE)

    def check(self):
        """The project, with results of what can run."""
        project = Project(self.root, Settings(frameworks=FRAMEWORKS))
        project.read()
        files = {"values.json": b'{"two": 2}'}
        outcomes = {
            name: Result(name, "", 1, files | {"output.txt": name.encode()})
            for name in project.runner.programs
        }
        project.judge(outcomes)
        return project

    def convert(self):
        """The page's tree."""
        extension = MeasuredExtension(self.check())
        extension.uri = "page.md"
        converter = markdown.Markdown(extensions=[extension])
        html = converter.convert((self.root / "docs/page.md").read_text())
        return LexborHTMLParser(f"<main>{html}</main>").css_first("main")


@pytest.fixture
def twins(tmp_path):
    return Twins(tmp_path)


def read(nodes):
    return [node.text().strip() for node in nodes]


def test_a_program_with_twins_stands_in_tabs_with_what_each_printed(twins):
    (shown,) = twins.convert().css(".tabbed-set.twins")
    assert read(shown.css("label")) == ["Math", "Complex", "Nowhere"]
    first, second, third = shown.css(".tabbed-block")
    assert read(first.css("code")) == ["import math\ntwo = 1 + math.cos(0)", "tiny"]
    assert read(second.css("code")) == [
        "import cmath\ntwo = 1 + cmath.cos(0)",
        "tiny_cmath",
    ]
    assert read(third.css("code")) == [
        "import nowhere\ntwo = 1 + nowhere.cos(0)",
        "not run here: Nowhere is not installed",
    ]


def test_the_first_tab_is_chosen_and_the_search_reads_it_alone(twins):
    tabs = twins.convert().css_first(".tabbed-set.twins")
    chosen = [node.attributes.get("checked") for node in tabs.css("input")]
    assert chosen == ["checked", None, None]
    blocks = tabs.css(".tabbed-block")
    hidden = ["data-search-exclude" in block.attributes for block in blocks]
    assert hidden == [False, True, True]


def test_each_twin_can_be_downloaded_where_its_program_stands_whole(twins):
    fold = twins.convert().css_first("details.example")
    addresses = [f"downloads/{n}.{end}" for n in NAMES for end in ("py", "ipynb")]
    assert [link.attributes["href"] for link in fold.css("a")] == addresses
    assert "Nowhere is not installed" in fold.text()
    assert len(fold.css("pre")) == 1
    assert {*addresses} <= {*dict(list_files(twins.check()))}


def test_a_part_of_a_twin_leads_to_where_the_programs_stand_whole(twins):
    page = twins.convert()
    links = page.css("span.filename a")
    assert [link.attributes["href"] for link in links] == ["#program-tiny"] * 3
    assert page.css_first("#program-tiny")


def test_values_and_claims_of_an_absent_framework_are_absent_not_false(twins):
    project = twins.check()
    assert project.faults == []
    one, none = project.page("page.md").claims
    assert one.holds and none is None
    page = twins.convert()
    assert "The sum is 2, and – elsewhere." in page.text()
    assert len(page.css(".claim")) == 1


def test_a_part_that_a_twin_lacks_is_a_fault(twins):
    twins.edit("snippets/tiny_cmath.py", ":sum]", ":product]")
    (fault,) = twins.check().faults
    assert "unknown section 'sum' of snippets/tiny_cmath.py" in str(fault)
    assert fault.line == 4


def test_only_what_imports_the_package_in_its_name_is_a_twin(twins):
    twins.write("snippets/tiny_nowhere.py", '"""What?"""\n\ntwo = 2\n')
    runner = twins.check().runner
    assert runner.twins == {"tiny_cmath": "cmath"} and runner.absent == {}
    assert "tiny_nowhere" in runner.programs


def test_a_program_without_twins_stands_as_it_is(twins):
    for name in NAMES[1:]:
        (twins.root / f"snippets/{name}.py").unlink()
    twins.write("docs/page.md", PAGE.partition("The sum")[0])
    page = twins.convert()
    assert not page.css(".tabbed-set") and len(page.css("pre")) == 2

"""What a project adds to its site besides pages: figures, their data, downloads."""

from collections.abc import Iterator
from pathlib import Path

from measured.run.package import build_wheel, is_offered, join_modules, name_wheel
from measured.run.program import make_lab, make_notebook, name_needs, read_cells
from measured.run.store import Result
from measured.text.figures import PLACEHOLDER, csv_file
from measured.text.maths import KATEX
from measured.text.page import FIGURE
from measured.text.project import Project


def list_files(
    project: Project, site_url: str = ""
) -> Iterator[tuple[str, bytes | str]]:
    """(address below the site's root, content) of each file.

    site_url: what downloads say of where their packages are; "" of a copy.
    """
    yield from list_packages(project, site_url)
    for name, path in project.runner.programs.items():
        result = project.results.get(name)
        if path.suffix != ".ipynb":
            for figure, drawing in drawings(project, name, result).items():
                yield f"figures/{figure}", drawing
            if result and result.drawn:
                yield f"figures/{name}.csv", csv_file(result.drawn)
        elif read_cells(path):
            for ending, solved in (("", False), ("-solved", True)):
                needs = project.needs(name, site_url)
                book = make_lab(path, project.runner.modules, solved, needs)
                yield f"downloads/labs/{name}{ending}.ipynb", book
    for name, listing in project.downloads.items():
        needs = project.needs(name, site_url)
        yield f"downloads/{name}.py", name_needs(listing.text, needs)
        # A module that programs share runs not.
        if name in project.runner.programs.keys() | project.runner.absent.keys():
            about = listing.text, listing.parts, needs
            book = project.memory.recall(make_notebook, *about)
            yield f"downloads/{name}.ipynb", book
    for path in [KATEX / "katex.min.css", KATEX / "LICENSE", *KATEX.glob("fonts/*")]:
        yield f"assets/katex/{path.relative_to(KATEX).as_posix()}", path.read_bytes()


def list_packages(project: Project, site_url: str) -> Iterator[tuple[str, bytes | str]]:
    """The same of each package that readers can install."""
    for name, folder in project.runner.packages.items():
        if is_offered(folder):
            facts = name_wheel(folder), project.runner.identify(name), site_url
            made = project.memory.recall(build_wheel, folder, site_url, facts=facts)
            yield f"downloads/{name_wheel(folder)}", made
            yield f"downloads/{name}.py", join_modules(folder, site_url)


def drawings(project: Project, name: str, result: Result | None) -> dict[str, bytes]:
    """file name -> SVG of what a program drew, or placeholders for what pages show."""
    if result:
        return {figure: result.files[figure] for figure in result.figures}
    named = {m["file"] for page in project.pages for m in FIGURE.finditer(page.text)}
    return {file: PLACEHOLDER for file in named if Path(file).stem == name}

"""What a project adds to its site besides pages: figures, their data, downloads."""

from collections.abc import Iterator

from measured.run.program import make_lab, make_notebook, read_cells
from measured.text.figures import csv_file, drawings
from measured.text.maths import KATEX
from measured.text.project import Project

STYLES = [KATEX / "katex.min.css", KATEX / "LICENSE", *KATEX.glob("fonts/*")]


def list_files(project: Project) -> Iterator[tuple[str, bytes | str]]:
    """(address below the site's root, content) of each file."""
    for name, path in project.runner.programs.items():
        result = project.results.get(name)
        if path.suffix != ".ipynb":
            for figure, drawing in drawings(project, name, result).items():
                yield f"figures/{figure}", drawing
            if result and result.drawn:
                yield f"figures/{name}.csv", csv_file(result.drawn)
        elif read_cells(path):
            for ending, solved in (("", False), ("-solved", True)):
                book = make_lab(path, project.runner.modules, solved)
                yield f"downloads/labs/{name}{ending}.ipynb", book
    for name, source in project.downloads.items():
        yield f"downloads/{name}.py", source
        if name in project.runner.programs:  # a module that programs share runs not
            yield f"downloads/{name}.ipynb", make_notebook(source)
    for path in STYLES:
        yield f"assets/katex/{path.relative_to(KATEX).as_posix()}", path.read_bytes()

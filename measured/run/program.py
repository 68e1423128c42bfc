"""A program as it runs, which is what a reader downloads: one file that needs nothing
of the project. Of a lab its notebook, for learners with gaps in place of solutions.
"""

import ast
import json
import re
import sys
import traceback
from collections.abc import Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from measured import Fault, SiteError

SOLUTION = re.compile(
    r"^(?P<indent>[ \t]*)### BEGIN SOLUTION: (?P<task>.*)\n"
    r"(?:.*\n)*?[ \t]*### END SOLUTION$",
    re.M,
)
MARKER = re.compile(r"^[ \t]*# --8<-- \[(start|end):(\w[\w-]*)\][ \t]*\n", re.M)
CODE: dict = {"cell_type": "code", "execution_count": None, "outputs": []}
BOOK = {
    "metadata": {
        "kernelspec": {
            "display_name": "Python 3",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    },
    "nbformat": 4,
    "nbformat_minor": 5,
}
FILE = "file-"  # starts the id of a lab's cell that writes a module
# Names that are bound in these are theirs alone.
CLOSED = ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
parse = cache(ast.parse)  # once for all programs that share a module
Modules = Mapping[str, Path]  # what programs may share: name -> file


@dataclass(frozen=True)
class Listing:
    """A program's text as it runs.

    origins: the file and line that each of its lines comes from. hidden: names of
    shared code that the program did not import; their numbers are none of its values.
    seeder: what seeds its random numbers: keras, numpy, or random alone.
    """

    text: str
    origins: tuple[tuple[Path, int], ...] = ()
    hidden: frozenset[str] = frozenset()
    seeder: str = "random"


def list_program(path: Path, modules: Modules) -> Listing:
    """A program or lab, self-contained.

    Raises SiteError where it cannot be: it is no Python, or imports in another way.
    """
    try:
        seeder = choose_seeder(find_imports(path, modules) - modules.keys())
        if path.suffix == ".ipynb":
            return Listing(make_lab(path, modules, solved=True), seeder=seeder)
        trees: dict[Path, ast.Module] = {}
        found = list(inline_modules(path, modules, trees))
    except SyntaxError as error:
        line = error.lineno if error.filename == str(path) else 0
        cause = "".join(traceback.format_exception_only(error)).strip()
        raise SiteError([fail(path, line or 0, cause)]) from None
    except (ValueError, KeyError, TypeError) as error:
        kind = "notebook" if path.suffix == ".ipynb" else "Python"
        raise SiteError([fail(path, 0, f"it is no {kind}: {error}")]) from None
    check_names(trees)
    lines = [line for line in found if not MARKER.match(f"{line[0]}\n")]
    return Listing(
        "\n".join(text for text, _ in lines),
        tuple(origin for _, origin in lines),
        find_hidden(*trees.values()),
        seeder,
    )


def choose_seeder(imports: Set[str]) -> str:
    """The package that seeds what a program draws from those that it imports."""
    if imports & {"keras", "tensorflow"}:
        return "keras"
    return "random" if imports <= sys.stdlib_module_names else "numpy"


def fail(path: Path, line: int, cause: str) -> Fault:
    """What to say of a program or lab that failed."""
    return Fault(locate(path), line, f"the program failed: {cause}")


def locate(path: Path) -> str:
    """A program's or lab's file relative to the project."""
    return f"{'docs/labs' if path.suffix == '.ipynb' else 'snippets'}/{path.name}"


def inline_modules(
    path: Path, modules: Modules, trees: dict[Path, ast.Module]
) -> Iterator[tuple[str, tuple[Path, int]]]:
    """Each line with its origin; modules stand where they are imported first.

    trees: takes the syntax tree of each file that is read.
    """
    source = read_code(path)
    lines = [(text, (path, i)) for i, text in enumerate(source.split("\n"), start=1)]
    tree, start = parse(source, str(path)), 0
    if trees:  # a module: its docstring and blank lines around its code stay behind
        first = (ast.get_docstring(tree) and tree.body[0].end_lineno) or 0
        code = [i for i, (text, _) in enumerate(lines) if text and i >= first]
        start, lines = min(code, default=0), lines[: max(code, default=-1) + 1]
    trees[path] = tree
    check_imports(path, tree, modules)
    for node in tree.body:
        if module := modules.get(getattr(node, "module", None) or ""):
            yield from lines[start : node.lineno - 1]
            if module not in trees:
                yield from inline_modules(module, modules, trees)
            start = node.end_lineno or 0
    yield from lines[start:]


def read_code(path: Path) -> str:
    """A program's text; of a notebook, its code without IPython's own commands."""
    if path.suffix != ".ipynb":
        return path.read_text("utf-8")
    code = "\n".join(text for kind, text in read_cells(path) if kind == "code")
    return re.sub(r"^[ \t]*[%!].*$", "", code, flags=re.M)


def read_cells(path: Path) -> list[tuple[str, str]]:
    """(kind, text) of a notebook's cells; none if it is no notebook."""
    try:
        cells = json.loads(path.read_bytes())["cells"]
        return [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    except (ValueError, KeyError, TypeError):
        return []


@cache
def list_imports(tree: ast.Module) -> list[tuple[ast.stmt, str, ast.alias]]:
    """(statement, top-level name of the module, name taken) wherever one stands."""
    return [
        (node, (getattr(node, "module", None) or alias.name).split(".")[0], alias)
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    ]


def find_imports(path: Path, modules: Modules) -> set[str]:
    """Top-level names of what a file imports, itself or through modules of the project;
    what is no Python imports nothing.
    """
    found: set[str] = set()
    files = [path]
    for file in files:  # which grow by what they import
        with suppress(SyntaxError, ValueError):
            imports = list_imports(parse(read_code(file), str(file)))
            new = {module for _, module, _ in imports} - found
            files += [modules[name] for name in new & modules.keys()]
            found |= new
    return found


def check_imports(path: Path, tree: ast.Module, modules: Modules) -> None:
    """Raise SiteError at an import of shared code that a download cannot inline."""
    for node, module, alias in list_imports(tree):
        plain = isinstance(node, ast.ImportFrom) and node in tree.body
        if module in modules and (not plain or alias.asname or alias.name == "*"):
            remedy = (
                f"write 'from {module} import ...' at the top level, without 'as' or"
                " '*': a download can inline nothing else"
            )
            raise SiteError([Fault(locate(path), node.lineno, remedy)])


def check_names(trees: dict[Path, ast.Module]) -> None:
    """Raise SiteError where two files bind one name: each would see the other's."""
    owners: dict[str, Path] = {}
    for path, tree in reversed(trees.items()):  # the program, the first, yields
        for name, line in find_bindings(tree):
            if owners.setdefault(name, path) != path:
                remedy = (
                    f"choose another name than '{name}', which"
                    f" {owners[name].name} has, or a download breaks"
                )
                raise SiteError([Fault(locate(path), line, remedy)])


def find_hidden(program: ast.Module, *shared: ast.Module) -> frozenset[str]:
    """Names that shared code brings along although the program imports them nowhere."""
    brought = {name for tree in shared for name, _ in find_bindings(tree)}
    return frozenset(brought.union(*map(find_aliases, shared)) - find_aliases(program))


def find_aliases(tree: ast.Module) -> set[str]:
    return {alias.asname or alias.name for _, _, alias in list_imports(tree)}


def find_bindings(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """(name, line) of what is defined outside functions, classes, comprehensions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif not isinstance(node, CLOSED):
            yield from find_bindings(node)


def make_notebook(source: str) -> str:
    """The program as a notebook's JSON: its docstring as text, its code cut where a
    blank line precedes a statement.
    """
    tree, lines = ast.parse(source), source.splitlines(keepends=True)
    text = ast.get_docstring(tree)
    start = (tree.body[0].end_lineno or 0) if text else 0
    later = [node.lineno - 1 for node in tree.body[2 if text else 1 :]]
    cuts = [start, *(n for n in later if not lines[n - 1].strip()), len(lines)]
    code = ["".join(lines[a:b]).strip("\n") for a, b in zip(cuts, cuts[1:])]
    cells: list[dict] = [{"cell_type": "markdown", "source": text}] if text else []
    cells += [CODE | {"source": cell} for cell in code if cell]
    cells = [cell | {"id": f"cell-{i}", "metadata": {}} for i, cell in enumerate(cells)]
    return json.dumps({"cells": cells, **BOOK}, indent=1)


def open_gaps(code: str) -> str:
    """A cell's code with an error that says what to do in place of each solution."""
    return SOLUTION.sub(
        lambda m: (
            f"{m['indent']}raise NotImplementedError"
            f"({json.dumps('Unsolved: ' + m['task'])})"
        ),
        code,
    )


def make_lab(path: Path, modules: Modules, solved: bool) -> str:
    """A lab's notebook as JSON, complete or for learners; cells at its start write the
    modules that it imports.
    """
    book = json.loads(path.read_text("utf-8"))
    for cell in book["cells"]:
        cell["source"] = "".join(cell["source"])
        if cell["cell_type"] == "code" and not solved:
            cell["source"] = open_gaps(cell["source"])
    book["cells"][1:1] = [
        {
            **CODE,
            "id": f"{FILE}{name.replace('_', '-')}",
            "metadata": {"jupyter": {"source_hidden": True}},  # folded, once opened
            "source": f"%%writefile {name}.py\n"
            + list_program(modules[name], modules).text,
        }
        for name in sorted(find_imports(path, {}) & modules.keys())
    ]
    return json.dumps(book, indent=1, ensure_ascii=False)

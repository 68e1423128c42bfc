"""What a reader downloads: of a program one file that needs nothing of the project, and a notebook of the same code; of
a lab its notebook, for learners with gaps in place of the solutions.
"""

import ast
import json
import re

from measured import SiteError

SOLUTION = re.compile(r"^(?P<indent>[ \t]*)### BEGIN SOLUTION: (?P<task>.*)\n(?:.*\n)*?[ \t]*### END SOLUTION$", re.M)
MARKER = re.compile(r"^[ \t]*# --8<-- \[(start|end):(\w[\w-]*)\][ \t]*\n", re.M)


def without_markers(source):
    return MARKER.sub("", source)


def self_contained(path, modules):
    """The program with the project's modules inlined where it imports them. modules: name -> path."""
    source = path.read_text()
    lines = source.splitlines(keepends=True)
    for node in reversed(ast.parse(source).body):
        if isinstance(node, ast.Import) and (shared := {a.name for a in node.names} & modules.keys()):
            raise SiteError(
                f"{path.name}:{node.lineno}: write 'from {shared.pop()} import ...', which a download can inline"
            )
        if isinstance(node, ast.ImportFrom) and node.module in modules:
            if any(alias.asname for alias in node.names):
                raise SiteError(
                    f"{path.name}:{node.lineno}: import from {node.module} without 'as', or a download breaks"
                )
            check_names(path, ast.parse(source), ast.parse(modules[node.module].read_text()), node.module)
            lines[node.lineno - 1 : node.end_lineno] = [body(modules[node.module])]
    return without_markers("".join(lines))


def check_names(path, program, module, name):
    """Raise SiteError where a program binds a name of the module: in a download the module would see that one."""
    theirs = {name for name, _ in bound(module)}
    for taken, line in bound(program):
        if taken in theirs:
            raise SiteError(
                f"{path.name}:{line}: choose another name than '{taken}', which {name}.py has, or a download breaks"
            )


def bound(tree):
    """(name, line) of what a text defines or assigns outside of functions, classes and comprehensions."""
    own = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    nodes = list(tree.body)
    while nodes:
        node = nodes.pop()
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        if not isinstance(node, own):
            nodes += ast.iter_child_nodes(node)


def body(module):
    """A module's source without its docstring."""
    source = module.read_text()
    first = ast.parse(source).body[0]
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return "".join(source.splitlines(keepends=True)[first.end_lineno if is_docstring else 0 :]).strip("\n") + "\n"


def notebook(source):
    """The program as a notebook's JSON: its docstring as text, its code cut where a blank line precedes a statement."""
    tree = ast.parse(source)
    text = ast.get_docstring(tree)
    lines = source.splitlines(keepends=True)
    start = tree.body[0].end_lineno if text else 0
    starts = [node.lineno - 1 for node in tree.body if node.lineno - 1 > start]
    cuts = [start] + [line for line in starts[1:] if not lines[line - 1].strip()] + [len(lines)]
    code = ["".join(lines[a:b]).strip("\n") for a, b in zip(cuts, cuts[1:])]
    cells = [{"cell_type": "markdown", "source": text}] if text else []
    cells += [{"cell_type": "code", "source": cell, "execution_count": None, "outputs": []} for cell in code if cell]
    cells = [{**cell, "id": f"cell-{number}", "metadata": {}} for number, cell in enumerate(cells)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def unsolved(code):
    """A cell's code with each marked solution replaced by an error that says what to do."""
    return SOLUTION.sub(
        lambda m: f"{m['indent']}raise NotImplementedError({json.dumps('Unsolved: ' + m['task'])})", code
    )


def lab(path, modules, solved):
    """A lab's notebook as JSON, complete or for learners; a cell at its start writes the modules that it imports."""
    book = json.loads(path.read_text("utf-8"))
    sources = ["".join(cell["source"]) for cell in book["cells"]]
    used = sorted({name for text in sources for name in re.findall(r"^from (\w+) import", text, re.M)} & modules.keys())
    for cell, text in zip(book["cells"], sources):
        cell["source"] = text if solved or cell["cell_type"] != "code" else unsolved(text)
    hidden = {"jupyter": {"source_hidden": True}}  # folded where a notebook is opened
    extra = [
        {"cell_type": "code", "id": f"file-{name.replace('_', '-')}", "metadata": hidden, "execution_count": None}
        | {"outputs": [], "source": f"%%writefile {name}.py\n{without_markers(modules[name].read_text('utf-8'))}"}
        for name in used
    ]
    book["cells"][1:1] = extra
    return json.dumps(book, indent=1, ensure_ascii=False)

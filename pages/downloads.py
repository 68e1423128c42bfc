"""What a reader downloads of a program: one file that needs nothing of the project, and a notebook of the same code."""

import ast
import json
import re

from engine import SiteError

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
            lines[node.lineno - 1 : node.end_lineno] = [body(modules[node.module])]
    return without_markers("".join(lines))


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

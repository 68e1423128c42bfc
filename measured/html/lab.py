"""A lab's page: a notebook's cells in the site's look."""

import re
from html import escape, unescape
from pathlib import Path
from xml.etree.ElementTree import tostring

from selectolax.lexbor import LexborNode

from measured.html.document import (
    find_texts,
    parse_fragment,
    replace_with_html,
    write_fragment,
)
from measured.run.process import SENTINEL
from measured.text.extension import colab_folder
from measured.text.maths import MARKS, formula, hold
from measured.text.project import Project
from measured.text.scanner import NOTEBOOK_MATHS

# What the converter adds for JupyterLab: 600 kB of styles, prompts, buttons.
FOR_JUPYTER = """script, style, .jp-Collapser, .jp-InputPrompt, .jp-OutputPrompt,
.zeroclipboard-container, .clipboard-copy-txt"""
# TeX between dollars is no HTML.
MATHS = re.compile(f"(?:{NOTEBOOK_MATHS.pattern})(?P<mark>[{MARKS}]?)", re.S)
CODE_BLOCK = (
    '<div class="language-python highlight">'
    "<pre><span></span><code>{}</code></pre></div>"
)
SOLUTION_FOLD = (
    f'<details class="success"><summary>Solution</summary>{CODE_BLOCK}</details>'
)
NOTE = (
    '<div class="admonition failure">'
    '<p class="admonition-title">{}</p><pre>{}</pre></div>'
)


def lab_page(
    project: Project, uri: str, content: str, up: str, repo_url: str | None
) -> str:
    """A lab's page from the converter's HTML. up: to the site's root."""
    above = lab_links(Path(uri).stem, up, repo_url) + notes_of_lab(project, uri)
    return above + convert(content)


def notes_of_lab(project: Project, uri: str) -> str:
    """What a preview says above a lab: its faults, or that it has not run yet."""
    faults = project.notes(uri)
    if not faults and project.results.get(Path(uri).stem) is None:
        return "<p>… is being computed</p>"
    return "".join(NOTE.format(each.file, escape(each.message)) for each in faults)


def lab_links(name: str, up: str, repo_url: str | None) -> str:
    """Where a lab's notebooks are: for learners, solved, and in Colab."""
    link = f'<a href="{up}downloads/labs/{{}}.ipynb" download>{{}}</a>'
    links = [
        link.format(name, "notebook for learners"),
        link.format(f"{name}-solved", "with solutions"),
    ]
    if colab := colab_folder(repo_url or ""):
        links.append(f'<a href="{colab}labs/{name}.ipynb">Open in Colab</a>')
    return f'<p class="downloads">Download: {" · ".join(links)}</p>'


def convert(content: str) -> str:
    """A notebook's cells, without what the converter adds, their maths typeset."""
    page = parse_fragment(content.replace(SENTINEL, "currentColor"))
    body = parse_fragment(page.css("div.jupyter-wrapper")[0].html or "")
    for drawing in body.css("svg:has(> defs > style)"):
        keep_style(drawing)
    for node in body.css(FOR_JUPYTER):
        node.decompose()
    for node in body.css(".jp-Cell-inputWrapper[tabindex]"):  # stops that do nothing
        del node.attrs["tabindex"]
    for link in body.css("a.anchor-link"):
        link.attrs["class"], link.attrs["title"] = "headerlink", "Permanent link"
    for cell in body.css("div.highlight-ipynb"):
        show_code(cell)
    for node in [*find_texts(body, {"pre", "code", "svg"})]:
        if "$" in node.text():
            html = MATHS.sub(typeset_match, escape(node.text(), quote=False))
            replace_with_html(node, html)
    return write_fragment(body)


def keep_style(drawing: LexborNode) -> None:
    """Make a drawing's rule for all elements of the page the drawing's own."""
    definitions = drawing.css("defs:has(> style)")[0]
    rule = definitions.text().strip()
    if rule.startswith("*{"):
        drawing.attrs["style"] = f"{rule[2:-1]}; {drawing.attrs.sget('style')}"
        definitions.decompose()


def show_code(cell: LexborNode) -> None:
    """Show a cell's code as the site does; a solution folded, so that readers try."""
    code = (cell.css("pre")[0].inner_html or "").removeprefix("<span></span>")
    shape = SOLUTION_FOLD if "### BEGIN SOLUTION" in code else CODE_BLOCK
    replace_with_html(cell, shape.format(code))


def typeset_match(match: re.Match[str]) -> str:
    """A formula of a notebook's text, with the mark behind it."""
    tex = unescape(match["display"] or match["inline"])
    element = formula(tex, bool(match["display"]))
    element.tail = match["mark"]
    if match["inline"]:
        element = hold(element, tex, match["mark"])
    return tostring(element, "unicode", method="html")

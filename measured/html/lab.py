"""A lab's page: a notebook's cells in the site's look."""

import re
from html import escape
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from measured.html.document import (
    is_within,
    parse_fragment,
    replace_with_html,
    write_fragment,
)
from measured.run.runner import SENTINEL
from measured.text.markup import NOTEBOOK_MATHS
from measured.text.project import Project
from measured.text.render import MARK, colab_folder, formula, with_mark

# What the converter adds for JupyterLab: 600 kB of styles, tab stops, buttons.
CONVERTERS = """script, style, .jp-Collapser, .jp-InputPrompt, .jp-OutputPrompt,
.zeroclipboard-container, .clipboard-copy-txt"""
SOLVED = "### BEGIN SOLUTION"
VERBATIM = {"pre", "code", "svg", "script", "style"}
# A text's maths, and the mark behind it: TeX between dollars is no HTML.
MATHS = re.compile(f"(?:{NOTEBOOK_MATHS.pattern}){MARK}", re.S)


def lab_page(
    project: Project, uri: str, content: str, up: str, repo_url: str | None
) -> str:
    """A lab's page from the converter's HTML. up: to the site's root."""
    links = lab_links(Path(uri).stem, up, repo_url)
    return links + notes_of_lab(project, uri) + convert(content)


def notes_of_lab(project: Project, uri: str) -> str:
    """What a preview says above a lab: its faults, or that it has not run yet."""
    faults = [(fault.file, escape(fault.message)) for fault in project.notes(uri)]
    if not faults and project.results.get(Path(uri).stem) is None:
        return "<p>… is being computed</p>"
    note = (
        '<div class="admonition failure">'
        '<p class="admonition-title">{}</p><pre>{}</pre></div>'
    )
    return "".join(note.format(*fault) for fault in faults)


def lab_links(name: str, up: str, repo_url: str | None) -> str:
    """Where a lab's notebooks are: for learners, solved, and in Colab."""
    link = f'<a href="{up}downloads/labs/{{}}.ipynb" download>{{}}</a>'
    links = [
        link.format(name, "notebook for learners"),
        link.format(f"{name}-solved", "with solutions"),
    ]
    if colab := colab_folder(repo_url):
        links.append(f'<a href="{colab}labs/{name}.ipynb">Open in Colab</a>')
    return f'<p class="downloads">Download: {" · ".join(links)}</p>'


def convert(content: str) -> str:
    """A notebook's cells, without what the converter adds, its maths typeset."""
    page = parse_fragment(content.replace(SENTINEL, "currentColor"))
    cells = page.css_first("div.jupyter-wrapper")
    tree = parse_fragment(cells.html if cells else "")
    for drawing in tree.css("svg"):
        keep_style(drawing)
    for node in tree.css(CONVERTERS):
        node.decompose()
    for node in tree.css(".jp-Cell-inputWrapper[tabindex]"):
        del node.attrs["tabindex"]
    for link in tree.css("a.anchor-link"):
        link.attrs["class"], link.attrs["title"] = "headerlink", "Permanent link"
    for cell in tree.css("div.highlight-ipynb"):
        show_code(cell)
    typeset_texts(tree)
    return write_fragment(tree)


def keep_style(drawing: LexborNode) -> None:
    """Make rules for all elements of the page the drawing's own."""
    for sheet in drawing.css("defs > style"):
        rule = sheet.text().strip()
        if rule.startswith("*{") and rule.endswith("}"):
            style = f"{rule[2:-1]}; {drawing.attrs.sget('style')}"
            drawing.attrs["style"] = style
            sheet.parent.decompose()


def show_code(cell: LexborNode) -> None:
    """Show a cell's code as the site does; a solution folded, so that readers try."""
    code = cell.css_first("pre").inner_html or ""
    block = (
        '<div class="language-python highlight"><pre><span></span>'
        f"<code>{code.removeprefix('<span></span>')}</code></pre></div>"
    )
    if SOLVED in cell.text():
        fold = '<details class="success"><summary>Solution</summary>'
        block = f"{fold}{block}</details>"
    replace_with_html(cell, block)


def typeset_texts(tree: LexborHTMLParser) -> None:
    """Typeset what stands between dollars, but in code and drawings."""
    texts = [
        node
        for node in tree.body.traverse(include_text=True)
        if node.is_text_node
        and "$" in (node.text_content or "")
        and not is_within(node, VERBATIM)
    ]
    for node in texts:
        text, parts, end = node.text_content or "", [], 0
        for match in MATHS.finditer(text):
            parts += [escape(text[end : match.start()]), typeset_match(match)]
            end = match.end()
        replace_with_html(node, "".join(parts) + escape(text[end:]))


def typeset_match(match: re.Match[str]) -> str:
    """A formula of a notebook's text, with the mark behind it."""
    if match["display"]:
        return formula(escape(match["display"]), True) + match["mark"]
    tex = escape(match["inline"])
    return with_mark(formula(tex, False), tex, match["mark"])

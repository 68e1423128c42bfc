"""A lab's page: a notebook's cells in the site's look."""

import html
import re
from pathlib import Path
from xml.etree.ElementTree import tostring

from measured.run.runner import SENTINEL
from measured.text.extension import colab_folder
from measured.text.scanner import NOTEBOOK_MATHS
from measured.text.maths import MARKS, formula, hold

NOTHING = re.compile(
    r"""<div\ class="jp-Collapser[^>]*>\s*</div>
    | <div\ class="jp-(?:Input|Output)Prompt[^>]*>[^<]*</div>
    | <div\ class="zeroclipboard-container">.*?</clipboard-copy>\s*</div>
    | <div\ class="clipboard-copy-txt".*?</div>
    | (?<=jp-Cell-inputWrapper")\ tabindex="0"
    | <style>.*?</style>\s*\Z""",
    re.S | re.X,
)
HEADERLINK = re.compile(r'<a class="anchor-link" href="(#[^"]*)">¶</a>')
DRAWING = re.compile(r"<svg ([^>]*)>\s*<defs>\s*<style[^>]*>\*\{([^}]*)\}</style>\s*</defs>")
LAB_CODE = re.compile(r'<div class="highlight-ipynb hl-\w+"><pre><span></span>(.*?)</pre></div>', re.S)
LAB_MATHS = re.compile(rf"<(pre|code|svg|script|style)\b.*?</\1>|(?:{NOTEBOOK_MATHS.pattern})(?P<mark>[{MARKS}]?)", re.S)


def lab_page(project, uri, content, up, repo_url):
    text = LAB_MATHS.sub(typeset_lab, lab(content).replace(SENTINEL, "currentColor"))
    return lab_links(Path(uri).stem, up, repo_url) + notes_of_lab(project, uri) + text


def notes_of_lab(project, uri):
    """What a preview says above a lab: its faults, or that its outputs are not there yet."""
    faults = [(fault.file, html.escape(fault.message)) for fault in project.notes(uri)]
    if not faults and project.results.get(Path(uri).stem) is None:
        return "<p>… is being computed</p>"
    note = '<div class="admonition failure"><p class="admonition-title">{}</p><pre>{}</pre></div>'
    return "".join(note.format(*fault) for fault in faults)


def lab_links(name, up, repo_url):
    """Where a lab's notebooks are: for learners, solved, and in Colab. up: to the site's root."""
    link = f'<a href="{up}downloads/labs/{{}}.ipynb" download>{{}}</a>'
    links = [link.format(name, "notebook for learners"), link.format(f"{name}-solved", "with solutions")]
    if colab := colab_folder(repo_url):
        links.append(f'<a href="{colab}labs/{name}.ipynb">Open in Colab</a>')
    return f'<p class="downloads">Download: {" · ".join(links)}</p>'


def typeset_lab(match):
    tex = html.unescape(match["display"] or match["inline"] or "")
    if not tex:
        return match[0]
    typed = formula(tex, bool(match["display"]))
    if match["inline"]:
        typed = hold(typed, tex, match["mark"])
    else:
        typed.tail = match["mark"]
    return tostring(typed, "unicode", method="html")


def lab(content):
    """A notebook's cells in the site's look, without the converter's scripts and styles (600 kB) and tab stops."""
    content = content[content.index('<div class="jupyter-wrapper">') :]
    content = LAB_CODE.sub(folded, NOTHING.sub("", content))
    content = HEADERLINK.sub(r'<a class="headerlink" href="\1" title="Permanent link">¶</a>', content)
    return DRAWING.sub(drawing, content)


def folded(match):
    """A cell's code; one with a solution folded, for readers who want to try first."""
    code = f'<div class="language-python highlight"><pre><span></span><code>{match[1]}</code></pre></div>'
    solution = f'<details class="success"><summary>Solution</summary>{code}</details>'
    return solution if "### BEGIN SOLUTION" in match[1] else code


def drawing(match):
    """The start of an inline SVG whose rules for all elements of the page become its own."""
    attributes = match[1].replace('style="', f'style="{match[2]}; ')
    return f"<svg {attributes}>"

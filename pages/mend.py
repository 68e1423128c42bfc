"""What the theme and the notebooks' converter write that is invalid, nameless, or not needed by any reader."""

import re

THEIRS = {
    'data-md-component="search" role="dialog"': 'data-md-component="search" role="dialog" aria-label="Search"',
    ' tabindex=""': "",  # no integer
}
TOGGLE = re.compile(r'(<input class="md-toggle"[^>]*) autocomplete="off"')  # invalid on a checkbox
LINK = re.compile(r'<a\b(?P<before>[^>]*?)\shref="(?P<address>https?://[^"]*)"(?P<after>[^>]*)>')
FIGURE = re.compile(r'<img (?=[^>]*src="[^"]*figures/)')
REL = re.compile(r'\s(?:rel|target)="[^"]*"')
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


def mended(page, site_url):
    """A page's HTML, valid, its links out marked as such, its figures but the first loaded when they are near."""
    for theirs, ours in THEIRS.items():
        page = page.replace(theirs, ours)
    page = LINK.sub(lambda link: outward(link, site_url), TOGGLE.sub(r"\1", page))
    before, *figures = FIGURE.split(page)
    at_once = before.count("<h2") < 2  # the first figure is on the first screens
    lazy = ["" if at_once and number == 0 else 'loading="lazy" ' for number in range(len(figures))]
    return before + "".join(f"<img {how}{figure}" for how, figure in zip(lazy, figures))


def outward(link, site_url):
    """The link, saying that it leads to another site if it does."""
    if site_url and link["address"].startswith(site_url):
        return link[0]
    others = REL.sub("", link["before"] + link["after"])
    return f'<a{others} href="{link["address"]}" rel="external noopener">'


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

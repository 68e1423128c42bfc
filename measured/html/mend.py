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

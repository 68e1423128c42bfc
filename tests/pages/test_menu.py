"""The ways through the site."""

from posixpath import join, normpath

from selectolax.lexbor import LexborHTMLParser


def test_previous_and_next_follow_the_menu(site):
    """From the first page, "Next" leads through every page of the menu in its order."""

    def read(at):
        return LexborHTMLParser((site / at / "index.html").read_text())

    links = read(".").css(".md-nav--primary a.md-nav__link")
    order = [
        normpath(link.attributes["href"].partition("#")[0] or ".") for link in links
    ]
    at, walked = ".", []
    while at is not None:
        walked.append(at)
        following = read(at).css_first("a.md-footer__link--next")
        at = following and normpath(join(at, following.attributes["href"]))
    assert walked == list(dict.fromkeys(order)) and len(walked) > 20

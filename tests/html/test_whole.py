"""All pages on one: links lead to the parts, names stay apart, headings go down."""

from types import SimpleNamespace

import pytest

from measured.html.whole import WHOLE, anchor, join_pages, lay_together, lead

KNOWN = {"": "page-home", "problem/depth/": "page-problem-depth"}
HERE = "reference/whole-tutorial/"


def joined(content, address="problem/depth/"):
    parts = [("", "Home", "<h1>Home</h1>"), (address, "Depth", content)]
    return join_pages(parts, HERE)


def test_the_parts_come_in_order_behind_a_list_of_contents():
    whole = joined("<h1>Depth</h1>")
    assert whole.startswith(
        '<ol class="contents"><li><a href="#page-home">Home</a></li>'
        '<li><a href="#page-problem-depth">Depth</a></li></ol>'
    )
    assert whole.index('id="page-home"') < whole.index('id="page-problem-depth"')


def test_headings_are_one_level_lower_with_all_that_they_hold():
    whole = joined('<h1 id="a" class="b">One <code>x</code></h1><h5>five</h5>')
    assert '<h2 id="page-problem-depth-a" class="b">One <code>x</code></h2>' in whole
    assert "<h6>five</h6>" in whole and "<h1" not in whole


def test_what_paper_has_no_use_for_is_left_out():
    whole = joined(
        '<h1>x<a class="headerlink" href="#x">¶</a></h1><p class="reading">3 min</p>'
        '<p>text<a class="claim" href="c">✓</a></p>'
        '<details class="example"><p>program</p></details>'
        '<details class="data"><p>data</p></details><details><p>kept</p></details>'
    )
    gone = ("headerlink", "reading", "claim", "program", "data")
    assert not [word for word in gone if word in whole] and "kept" in whole


def test_names_are_each_page_s_own():
    whole = joined(
        '<i id="a"></i><label for="a b"></label><i aria-labelledby="a"></i>'
        '<input name="__tabbed_1"><input name="seed">'
    )
    assert 'id="page-problem-depth-a"' in whole
    assert 'for="page-problem-depth-a page-problem-depth-b"' in whole
    assert 'aria-labelledby="page-problem-depth-a"' in whole
    assert 'name="page-problem-depth-__tabbed_1"' in whole and 'name="seed"' in whole


@pytest.mark.parametrize(
    "target, there",
    [
        ("https://x.org/a#b", "https://x.org/a#b"),
        ("//x.org/a", "//x.org/a"),
        ("mailto:a@x.org", "mailto:a@x.org"),
        ("#backward", "#page-problem-depth-backward"),
        ("../../", "#page-home"),
        ("../../#start", "#page-home-start"),
        ("../depth/#a", "#page-problem-depth-a"),
        ("../relu/", "../../problem/relu/"),
        ("../relu/#a", "../../problem/relu/#a"),
        ("../depth/?try=fifty#a", "../../problem/depth/?try=fifty#a"),
        ("../../figures/depth.svg", "../../figures/depth.svg"),
        ("#program-depth", "../../downloads/depth.py"),
    ],
)
def test_a_link_leads_to_the_part_that_has_what_it_means(target, there):
    assert lead(target, "problem/depth/", KNOWN, HERE) == there


def test_links_are_right_in_a_site_for_a_folder_too():
    known = {"index.html": "home", "problem/depth.html": "depth"}
    here = "reference/whole-tutorial.html"
    assert lead("../index.html", "problem/depth.html", known, here) == "#home"
    assert (
        lead("relu.html", "problem/depth.html", known, here) == "../problem/relu.html"
    )


def test_a_page_s_anchor_is_its_address_in_words():
    assert (
        anchor("problem/depth/") == "page-problem-depth" and anchor("") == "page-home"
    )


def test_pages_of_a_pattern_are_left_out_of_it():
    def page(uri, content):
        file = SimpleNamespace(src_uri=uri)
        url = uri.removesuffix(".md") + "/"
        return SimpleNamespace(file=file, url=url, title=uri, content=content)

    whole = page("whole.md", WHOLE)
    pages = [page("a/one.md", "<p>one</p>"), page("b/two.md", "<p>two</p>"), whole]
    lay_together(pages, ["b/*", "whole.md"])
    assert "one" in whole.content and "two" not in whole.content

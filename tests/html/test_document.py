"""What every built page gets in the one visit of its tree."""

import pytest

from measured.html.document import (
    Document,
    find_texts,
    finish,
    parse_fragment,
    read_documents,
    replace_with_html,
    write_fragment,
)

SITE = "https://example.org/course/"
FIGURE = '<img src="../figures/x.svg" alt="x">'


def finished(folder, body):
    """The page with this body, finished, as HTML."""
    (folder / "index.html").write_text(f"<!doctype html><title>x</title>{body}")
    documents = read_documents(folder)
    finish(documents, SITE)
    for document in documents:
        document.write()
    return (folder / "index.html").read_text()


@pytest.mark.parametrize(
    "theirs, ours",
    [
        (
            '<div data-md-component="search" role="dialog"></div>',
            '<div data-md-component="search" role="dialog" aria-label="Search"></div>',
        ),
        ('<label tabindex="">x</label>', "<label>x</label>"),
        ('<label tabindex="0">x</label>', '<label tabindex="0">x</label>'),
        (
            '<input class="md-toggle" type="checkbox" autocomplete="off">',
            '<input class="md-toggle" type="checkbox">',
        ),
        (
            '<input class="other" autocomplete="off">',
            '<input class="other" autocomplete="off">',
        ),
    ],
)
def test_what_the_theme_writes_invalid_or_nameless_is_mended(tmp_path, theirs, ours):
    assert ours in finished(tmp_path, theirs)


def test_formulas_lose_the_marks_that_only_the_search_reads(tmp_path):
    formula = '<span class="katex"><i data-search-exclude="true">x</i></span>'
    page = finished(tmp_path, f"{formula}<p data-search-exclude>3 min read</p>")
    assert '<span class="katex"><i>x</i></span>' in page
    assert "<p data-search-exclude" in page


def test_links_that_lead_out_say_so_and_no_other_does(tmp_path):
    page = finished(
        tmp_path,
        '<a href="https://x.org/" target="_blank" rel="noopener">out</a>'
        f'<a href="{SITE}a/">home</a><a href="../b/">near</a>',
    )
    assert '<a href="https://x.org/" rel="external noopener">out</a>' in page
    assert f'<a href="{SITE}a/">home</a><a href="../b/">near</a>' in page


def test_every_link_with_a_host_leads_out_of_a_site_without_an_address(tmp_path):
    (tmp_path / "index.html").write_text('<a href="http://x.org">x</a>')
    (document,) = read_documents(tmp_path)
    finish([document], None)
    assert document.tree.css_first("a").attrs["rel"] == "external noopener"


def test_the_first_figure_loads_at_once_if_it_is_on_the_first_screens(tmp_path):
    page = finished(tmp_path, f"<h1>x</h1><h2>a</h2>{FIGURE}<h2>b</h2>{FIGURE}")
    assert page.count('loading="lazy"') == 1
    assert page.index('loading="lazy"') > page.index("<h2>b")


def test_a_second_figure_waits_even_if_no_heading_is_before_it(tmp_path):
    page = finished(tmp_path, FIGURE + FIGURE.replace("x.svg", "y.svg"))
    assert page.count("loading") == 1 and page.index("loading") > page.index("y.svg")


def test_the_first_figure_behind_two_headings_waits_until_it_is_near(tmp_path):
    page = finished(tmp_path, f"<h2>a</h2><h2>b</h2>{FIGURE}<img src='icon.svg'>")
    assert page.count('loading="lazy"') == 1 and "icon.svg" in page


def test_a_page_that_is_finished_twice_stays_as_it_is(tmp_path):
    body = f'<a href="https://x.org">x</a><h2>a</h2><h2>b</h2>{FIGURE}<pre>\n\na</pre>'
    once = finished(tmp_path, body)
    for document in (documents := read_documents(tmp_path)):
        finish(documents, SITE)
        document.write()
    assert (tmp_path / "index.html").read_text() == once


def test_code_keeps_the_blank_line_that_it_starts_with(tmp_path):
    """A parser drops the first line break of a block, and the next reader another."""
    page = finished(tmp_path, "<pre>\n\nfirst\n  second</pre>")
    (tmp_path / "index.html").write_text(page)
    (document,) = read_documents(tmp_path)
    assert document.tree.css_first("pre").text() == "\nfirst\n  second"


def test_the_page_for_what_is_not_there_is_finished_too(tmp_path):
    (tmp_path / "404.html").write_text('<a href="https://x.org">x</a>')
    documents = read_documents(tmp_path)
    finish(documents, SITE)
    assert [document.path.name for document in documents] == ["404.html"]
    assert documents[0].tree.css_first("a[rel]")


def test_inline_scripts_are_those_that_stand_in_the_page_and_run(tmp_path):
    path = tmp_path / "x.html"
    path.write_text(
        '<script>a < b && "c"</script><script src="x.js"></script>'
        '<script type="application/ld+json">{}</script><script type="module">m</script>'
    )
    assert list(Document(path).inline("script")) == ['a < b && "c"', "m"]


def test_part_of_a_page_stays_what_it_is_and_can_take_html_in_a_text_s_place():
    body = parse_fragment('<style>p{}</style>a <b>&lt;</b><svg><use href="#x"/></svg>')
    replace_with_html(body.first_child.next, "<i>new</i> text")
    assert write_fragment(body) == (
        '<style>p{}</style><i>new</i> text<b>&lt;</b><svg><use href="#x"></use></svg>'
    )


def test_texts_are_found_however_deep_but_not_within_what_is_shown_as_it_is():
    body = parse_fragment("a<p>b<i>c</i></p><pre>d<b>e</b></pre><svg><text>f</text>")
    assert [node.text() for node in find_texts(body, {"pre", "svg"})] == ["a", "b", "c"]

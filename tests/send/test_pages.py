"""What a page's HTML sends, and what it waits for."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from measured.html.document import Document
from measured.send.steps import (
    LATE,
    box_tables,
    defer_scripts,
    read_names,
    shorten_page,
)


def changed(change, body):
    tree = LexborHTMLParser(f"<body>{body}")
    change(tree)
    return tree.body.inner_html


@pytest.mark.parametrize(
    "body, short",
    [
        ("<p>a</p>\n     <p>b</p>", "<p>a</p>\n<p>b</p>"),
        ("<pre>a\n    b</pre>", "<pre>a\n    b</pre>"),
        ("<pre><i>a\n    b</i></pre>", "<pre><i>a\n    b</i></pre>"),
        ("<script>{\n   a < b }</script>", "<script>{\na < b }</script>"),
        ('<code><span class="n">x</span></code>', "<code>x</code>"),
        ('<span class="nb">x</span>', '<span class="nb">x</span>'),
        ('<span class="n x">x</span>', '<span class="n x">x</span>'),
        ('<span class="o">&lt;</span>', "&lt;"),
    ],
)
def test_a_page_loses_indents_and_spans_that_color_nothing_and_no_more(body, short):
    assert changed(shorten_page, body) == short


def test_each_table_is_in_the_boxes_that_let_it_scroll():
    table = "<table><tbody><tr><td>x</td></tr></tbody></table>"
    assert changed(box_tables, f"<p>a</p>{table}<p>b</p>") == (
        '<p>a</p><div class="md-typeset__scrollwrap"><div class="md-typeset__table">'
        f"{table}</div></div><p>b</p>"
    )
    of_its_own = table.replace("<table>", '<table class="dataframe">')
    assert changed(box_tables, of_its_own) == of_its_own


SCRIPTS = '<script src="a.js"></script><script src="b.js" type="module"></script>'


def test_scripts_are_asked_for_once_the_page_is_drawn_in_their_order():
    body = changed(defer_scripts, f"<p>x</p><script>now</script>\n{SCRIPTS}\n")
    assert body.replace("\n\n", "\n") == (
        f'<p>x</p><script>now</script>\n<template id="late">{SCRIPTS}</template>'
        f"<script>{LATE}</script>"
    )


@pytest.mark.parametrize("body", ["<p>x</p>", "<p>x</p><script>now</script>"])
def test_a_page_whose_scripts_all_stand_in_it_waits_for_none(body):
    assert changed(defer_scripts, body) == body


def test_the_script_that_asks_is_the_same_on_every_page():
    pages = (f"<p>{n}</p><script src='{n}.js'></script>" for n in "ab")
    asks = [changed(defer_scripts, page).rpartition("<script>")[2] for page in pages]
    assert asks[0] == asks[1]


def test_names_are_all_that_styles_select(tmp_path):
    path = tmp_path / "x.html"
    path.write_text(
        '<i class="a b" id="c" data-x="d" aria-y="e" title="not" href="no"></i>'
        '<label for="h" role="i" dir="j"></label>'
        '<svg class="f"><g id="g"/></svg><input type="radio" hidden>'
    )
    assert read_names([Document(path)]) == {*"abcdefghij", "radio"}

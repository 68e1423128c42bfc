"""A small built site, sent: with Material's look, with another's, or with none."""

import json

import pytest
from fontTools.ttLib import TTFont

from measured import SiteError
from measured.html.document import read_documents
from measured.memory import Memory
from measured.send.drawings import shorten_drawing
from measured.send.steps import remove_strays, send
from tests.conftest import ROOT
from tests.send.test_drawings import SVG

INDEX = json.dumps({"config": {"lang": ["en"]}, "docs": []})


def test_a_site_of_another_theme_is_sent_as_it_is(tmp_path):
    page = '<!doctype html><title>x</title><h1 class="a">x</h1>'
    (tmp_path / "index.html").write_text(page)
    (tmp_path / "search").mkdir()
    (tmp_path / "search/search_index.json").write_text(INDEX)
    documents = read_documents(tmp_path)
    send(tmp_path, documents, Memory(tmp_path / "cache"), None)
    assert documents[0].tree.body.inner_html == '<h1 class="a">x</h1>'


def test_a_page_is_sent_short_with_boxed_tables_early_fonts_and_late_scripts(tmp_path):
    (tmp_path / "a.css").write_text(".own{a:b}.gone{a:b}")
    (tmp_path / "index.html").write_text(
        '<link rel="stylesheet" href="a.css"><link rel="preload" as="font" '
        'href="assets/fonts/source-sans-3-latin-wght-normal.woff2"><body class="own">'
        '<code><span class="n">x</span></code>\n   <table></table>'
        '<script src="a.js"></script>'
    )
    documents = read_documents(tmp_path)
    send(tmp_path, documents, Memory(tmp_path / "cache"), None)
    tree = documents[0].tree
    fonts = [link.attrs["href"] for link in tree.css("link[rel=preload]")]
    assert fonts[1:] == ["assets/fonts/ibm-plex-mono-latin-400-normal.woff2"]
    assert tree.css_first("code").inner_html == "x" and "\n   <" not in tree.html
    assert tree.css_first(".md-typeset__table > table")
    assert tree.css_first("template#late") and not tree.css_first("body > script[src]")
    assert (tmp_path / "all.css").read_text() == ".own{a:b}"


def test_drawings_are_sent_short(tmp_path):
    figure = tmp_path / "figures/x.svg"
    figure.parent.mkdir()
    figure.write_text(SVG)
    send(tmp_path, [], Memory(tmp_path / "cache"), None)
    assert figure.read_bytes() == shorten_drawing(SVG.encode())


def test_fonts_are_sent_with_the_glyphs_that_pages_show(tmp_path):
    font = tmp_path / "source-sans-3-latin-wght-italic.woff2"
    font.write_bytes((ROOT / "docs/assets/fonts" / font.name).read_bytes())
    (tmp_path / "index.html").write_text("<em>ab</em> c")
    send(tmp_path, read_documents(tmp_path), Memory(tmp_path / "cache"), None)
    assert set(TTFont(font).getBestCmap()) == {ord("a"), ord("b")}


def test_material_s_script_is_checked_before_it_is_sent(tmp_path):
    script = tmp_path / "assets/javascripts/bundle.x.js"
    script.parent.mkdir(parents=True)
    script.write_text("another script")
    with pytest.raises(SiteError, match="Material's script no longer holds"):
        send(tmp_path, [], Memory(tmp_path / "cache"), None)


def test_a_style_that_only_a_script_writes_is_kept(tmp_path):
    style = ".drawn{a:b}.gone{a:b}.md-tag{a:b}i{--taken:1;--left:2}"
    (tmp_path / "a.css").write_text(style)
    (tmp_path / "a.js").write_text(
        'x.className = "drawn md-tag"; y(`<i class="in">`, "--taken")'
    )
    (tmp_path / "index.html").write_text('<link rel="stylesheet" href="a.css">')
    send(tmp_path, read_documents(tmp_path), Memory(tmp_path / "cache"), None)
    assert (tmp_path / "all.css").read_text() == ".drawn{a:b}i{--taken:1}"


def test_a_property_that_a_page_takes_is_kept(tmp_path):
    (tmp_path / "a.css").write_text("i{--one:1;--two:2;--three:3}")
    (tmp_path / "index.html").write_text(
        '<link rel="stylesheet" href="a.css"><i style="color:var(--one)"></i>'
        "<style>b{color:var(--two)}</style>"
    )
    send(tmp_path, read_documents(tmp_path), Memory(tmp_path / "cache"), None)
    assert (tmp_path / "all.css").read_text() == "i{--one:1;--two:2}"


@pytest.mark.parametrize("is_linked", [False, True])
def test_what_material_adds_is_removed_unless_a_page_asks_for_it(tmp_path, is_linked):
    icon = tmp_path / "assets/images/favicon.png"
    words = tmp_path / "assets/javascripts/lunr/da.js"
    maps = tmp_path / "assets/stylesheets/main.css.map"
    for path in (icon, words, maps, tmp_path / "search/search_index.json"):
        path.parent.mkdir(parents=True)
        path.write_text(INDEX)
    link = '<link rel="icon" href="assets/images/favicon.png">' * is_linked
    (tmp_path / "index.html").write_text(link)
    remove_strays(tmp_path, read_documents(tmp_path))
    assert icon.exists() == is_linked
    assert not words.parent.exists() and not maps.exists()


def test_languages_of_the_search_stay_where_it_has_more_than_english(tmp_path):
    words = tmp_path / "assets/javascripts/lunr/da.js"
    words.parent.mkdir(parents=True)
    words.write_text("")
    (tmp_path / "search").mkdir()
    (tmp_path / "search/search_index.json").write_text(INDEX.replace('"en"', '"da"'))
    remove_strays(tmp_path, [])
    assert words.exists()

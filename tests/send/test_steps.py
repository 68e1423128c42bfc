"""A small built site, sent: with Material's look, with another's, or with none."""

import json

import pytest

from measured.html.document import read_documents
from measured.send.cache import recall
from measured.send.steps import remove_strays, send

INDEX = json.dumps({"config": {"lang": ["en"]}, "docs": []})


def test_a_site_of_another_theme_is_sent_as_it_is(tmp_path):
    page = '<!doctype html><title>x</title><h1 class="a">x</h1>'
    (tmp_path / "index.html").write_text(page)
    (tmp_path / "search").mkdir()
    (tmp_path / "search/search_index.json").write_text(INDEX)
    documents = read_documents(tmp_path)
    send(tmp_path, documents, tmp_path / "cache", None)
    assert documents[0].tree.body.inner_html == '<h1 class="a">x</h1>'


def test_a_style_that_only_a_script_writes_is_kept(tmp_path):
    style = ".drawn{a:b}.gone{a:b}.md-tag{a:b}i{--taken:1;--left:2}"
    (tmp_path / "a.css").write_text(style)
    (tmp_path / "a.js").write_text(
        'x.className = "drawn md-tag"; y(`<i class="in">`, "--taken")'
    )
    (tmp_path / "index.html").write_text('<link rel="stylesheet" href="a.css">')
    send(tmp_path, read_documents(tmp_path), tmp_path / "cache", None)
    assert (tmp_path / "all.css").read_text() == ".drawn{a:b}i{--taken:1}"


def test_a_property_that_a_page_takes_is_kept(tmp_path):
    (tmp_path / "a.css").write_text("i{--one:1;--two:2;--three:3}")
    (tmp_path / "index.html").write_text(
        '<link rel="stylesheet" href="a.css"><i style="color:var(--one)"></i>'
        "<style>b{color:var(--two)}</style>"
    )
    send(tmp_path, read_documents(tmp_path), tmp_path / "cache", None)
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


def double(data):
    calls.append(data)
    return data * 2


calls: list[bytes] = []


def test_what_is_slow_to_make_is_made_once_and_for_other_arguments_again(tmp_path):
    calls.clear()
    made = [recall(tmp_path, double, data) for data in (b"a", b"a", b"b")]
    assert made == [b"aa", b"aa", b"bb"] and calls == [b"a", b"b"]

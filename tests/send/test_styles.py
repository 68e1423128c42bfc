"""Style sheets: joined, without what no page uses, their fonts and addresses right."""

from functools import partial

import pytest
import tinycss2

from measured import SiteError
from measured.html.document import read_documents
from measured.send.styles import (
    change_addresses,
    drop_properties,
    hold_font,
    join_styles,
    parse_rules,
    purge,
    read_properties,
    rebase,
)

SHEET = """:root{--used:1px;--unused:url("data:image/svg+xml,<svg d='(;'/>");color:red}
.used{margin:var(--used)}.unused{margin:0}.unused,.used .late{margin:1px}
a:not(.unused){margin:2px}
@media print{.unused{margin:3px}}@media screen{.unused{margin:4px}.used{margin:5px}}
@supports (x:y){.unused{margin:6px}}[data-x=off]{margin:7px}[href]{margin:8px}
#gone{margin:9px}#late{color:blue}"""


def written(rules):
    return tinycss2.serialize(rules)


def test_rules_of_classes_that_no_page_has_are_left_out_and_all_others_kept():
    kept = written(purge(parse_rules(SHEET), {"used", "late"}))
    assert ".used .late{margin:1px}" in kept and "a:not(.unused){margin:2px}" in kept
    assert "#late{color:blue}" in kept and "#gone" not in kept
    assert "@media screen{.used{margin:5px}}" in kept and "[href]{margin:8px}" in kept
    assert not [
        gone for gone in ("print", "supports", "off", "n:0", "n:4") if gone in kept
    ]


def test_custom_properties_that_nothing_takes_are_left_out_and_all_others_kept():
    rules = purge(parse_rules(SHEET), {"used"})
    kept = written(drop_properties(rules, read_properties(rules)))
    assert "--unused" not in kept and "--used:1px" in kept and "color:red" in kept
    kept = written(drop_properties(parse_rules(SHEET), {"--unused"}))
    assert "--unused:url" in kept and "--used:1px" not in kept


def test_a_rule_of_nothing_but_unused_properties_is_left_out_whole():
    assert (
        written(drop_properties(parse_rules("a{--x:1}@media print{b{--y:2}}"), set()))
        == ""
    )


def test_rules_that_no_browser_reads_are_left_out():
    assert written(parse_rules("a{b:c} d")) == "a{b:c}"


@pytest.mark.parametrize(
    "address, there",
    [
        ("fonts/x.woff2", "../katex/fonts/x.woff2"),
        ("../x.png", "../katex/../x.png"),
        ("/x.png", "/x.png"),
        ("#x", "#x"),
        ("data:image/png;base64,x", "data:image/png;base64,x"),
        ("https://x.org/y.png", "https://x.org/y.png"),
    ],
)
def test_relative_addresses_follow_a_sheet_that_moves(address, there):
    assert rebase(address, "../katex") == there
    for quote in ("", '"'):
        rules = parse_rules(f"a{{src:url({quote}{address}{quote})}}")
        moved = tinycss2.parse_stylesheet(
            written(change_addresses(rules, lambda a: rebase(a, "../katex")))
        )
        token = moved[0].content[2]
        value = token.value if token.type == "url" else token.arguments[0].value
        assert value == there


def test_fonts_of_every_formula_are_within_the_style_and_others_are_not(tmp_path):
    (tmp_path / "KaTeX_Main-Regular.woff2").write_bytes(b"font")
    sheet = "a{src:url(KaTeX_Main-Regular.woff2),url(KaTeX_AMS-Regular.woff2)}"
    hold = partial(hold_font, folder=tmp_path)
    held = written(change_addresses(parse_rules(sheet), hold))
    assert "url(data:font/woff2;base64,Zm9udA==)" in held
    assert "url(KaTeX_AMS-Regular.woff2)" in held


def link(*addresses):
    return "".join(f'<link rel="stylesheet" href="{a}">' for a in addresses)


def site(folder, pages, sheets):
    for path, text in (pages | sheets).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return read_documents(folder)


def hrefs(document):
    found = document.tree.css("link[rel=stylesheet]")
    return [node.attrs["href"] for node in found]


def test_sheets_that_every_page_links_become_one_and_others_stay(tmp_path):
    documents = site(
        tmp_path,
        {
            "index.html": link(
                "a/one.css", "own.css", "https://x.org/far.css", "b/two.css"
            ),
            "x/index.html": link("../a/one.css", "../b/two.css"),
            "plain.html": "<p>no link</p>",
        },
        {"a/one.css": "i{x:y}", "b/two.css": "b{src:url(f.woff2)}", "own.css": "p{}"},
    )
    sheets = join_styles(tmp_path, documents, None)
    assert {path.relative_to(tmp_path).as_posix() for path in sheets} == {
        "a/all.css",
        "own.css",
    }
    assert written(sheets[tmp_path / "a/all.css"]) == "i{x:y}b{src:url(../b/f.woff2)}"
    assert hrefs(documents[0]) == ["a/all.css", "own.css", "https://x.org/far.css"]
    assert hrefs(documents[2]) == ["../a/all.css"]
    assert not (tmp_path / "a/one.css").exists() and (tmp_path / "own.css").exists()


@pytest.mark.parametrize(
    "site_url, root",
    [
        (None, "/"),
        ("https://x.org/", "/"),
        ("https://x.org/course/", "/course/"),
    ],
)
def test_links_of_the_page_for_what_is_not_there_start_at_the_site_s_root(
    tmp_path, site_url, root
):
    pages = {"404.html": link(f"{root}a/b.css"), "index.html": link("a/b.css")}
    documents = site(tmp_path, pages, {"a/b.css": "i{x:y}"})
    join_styles(tmp_path, documents, site_url)
    assert [hrefs(document) for document in documents] == [
        [f"{root}a/all.css"],
        ["a/all.css"],
    ]


@pytest.mark.parametrize("address", ["../gone.css", "/gone.css"])
def test_a_missing_style_sheet_is_one_error_with_its_name_page_and_remedy(
    tmp_path, address
):
    documents = site(tmp_path, {"x/index.html": link(address)}, {})
    with pytest.raises(SiteError) as error:
        join_styles(tmp_path, documents, "https://x.org/")
    assert str(error.value) == (
        f"x/index.html links the style sheet {address}, which is not there: "
        "mend its name under extra_css in mkdocs.yml, or put the file below docs/"
    )


def test_a_site_without_style_sheets_has_nothing_to_join(tmp_path):
    documents = site(tmp_path, {"index.html": "<p>x</p>"}, {"a.css": "p{x:y}"})
    assert list(join_styles(tmp_path, documents, None)) == [tmp_path / "a.css"]

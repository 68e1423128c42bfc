"""The data behind a figure: shown as tables, handed out as CSV, below its caption."""

import csv
import io
from types import SimpleNamespace
from xml.etree.ElementTree import fromstring, tostring

import pytest

from measured.run.runner import Result
from measured.text.figures import (
    PLACEHOLDER,
    ROWS,
    csv_file,
    draw_lanes,
    format_short,
    make_figure,
    only,
    panel_tables,
)
from measured.text.files import drawings
from measured.text.page import Page

PAGE = Page("a/b.md", "![A line](../figures/tiny.svg) ![](../figures/other.svg)")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="30.4pt" height="60pt"><g/></svg>'


def panel(*series, cells=None):
    return {
        "title": "",
        "x": "layer",
        "y": "norm",
        "series": list(series),
        "cells": cells,
    }


def line(label, y, x=None, **band):
    return {"label": label, "x": x or [float(i) for i in range(len(y))], "y": y, **band}


def cells(table):
    return [["".join(cell.itertext()) for cell in row] for row in table.iter("tr")]


def result(drawn="[]"):
    files = {"tiny.svg": SVG, "values.json": b'{"factor": 0.25, "all": [1, 2]}'}
    return Result("tiny", "key", 1, {**files, "drawn.json": drawn.encode()})


def figure(caption=None, found=None):
    image = fromstring('<img src="../figures/tiny.svg" alt="A line"/>')
    return make_figure(image, caption, fromstring("<a>tiny.py</a>"), found, PAGE)


def html(element):
    return tostring(element, "unicode", method="html")


def test_a_table_has_a_header_for_each_column_and_row_and_the_band_in_brackets():
    band = {"low": [0.1, 3000], "high": [0.2, 5000]}
    (table,) = panel_tables(panel(line("<He>", [0.12345, 4000], **band)))
    assert cells(table) == [
        ["layer", "<He>"],
        ["0", "0.123 (0.1 to 0.2)"],
        ["1", "4000 (3000 to 5000)"],
    ]
    assert [head.get("scope") for head in table.iter("th")] == [
        "col",
        "col",
        "row",
        "row",
    ]
    assert "in brackets" in table.find("caption").text


def test_series_with_the_same_places_stand_side_by_side():
    many = [1.0] * (ROWS + 1)
    tables = panel_tables(panel(line("a", many), line("b", many), line("c", [2.0])))
    assert [cells(table)[0] for table in tables] == [
        ["layer", "a", "b"],
        ["layer", "c"],
    ]


def test_series_of_one_name_are_one_column():
    (table,) = panel_tables(panel(line("a", [1], ["x"]), line("a", [2], ["y"])))
    assert cells(table) == [["layer", "a"], ["x", "1"], ["y", "2"]]


def test_a_heat_map_is_a_table_as_it_stands():
    grid = {"columns": ["a", "b"], "rows": ["top"], "values": [["0.00 low", 1]]}
    (table,) = panel_tables(panel(cells=grid))
    assert cells(table) == [["", "a", "b"], ["top", "0.00 low", "1"]]
    assert table.find("caption").text == "norm by layer"


def test_a_long_series_is_thinned_in_the_table_and_whole_in_the_file():
    long = panel(line("long", list(range(1000))))
    (table,) = panel_tables(long)
    rows = cells(table)
    assert len(rows) == ROWS + 1 and rows[1][0] == "0" and rows[-1][0] == "999"
    assert "12 of 1\N{NARROW NO-BREAK SPACE}000 places" in table.find("caption").text
    assert len(list(csv.reader(io.StringIO(csv_file([long]))))) == 1001


def test_many_values_at_one_place_are_a_median_and_a_range():
    (table,) = panel_tables(panel(line("seeds", list(range(11)), ["ReLU"] * 11)))
    assert cells(table)[1] == ["ReLU", "11 values, median 5 (0 to 10)"]


def test_the_file_has_every_series_with_its_band_and_every_cell():
    grid = {"columns": ["a"], "rows": ["top"], "values": [[2]]}
    band = {"low": [0], "high": [3]}
    text = csv_file([panel(line("He", [1], [5.0], **band), cells=grid)])
    assert text.split("\n")[1:] == ["panel 1,He,5.0,1,0,3", "panel 1,top,a,2,,", ""]


@pytest.mark.parametrize(
    "value, text",
    [(0.25, "0.25"), (3, "3"), (3.2e-7, "3.2×10⁻⁷"), (None, "none"), ("a\nb", "a b")],
)
def test_a_number_is_shown_to_three_digits(value, text):
    assert format_short(value) == text


def test_a_figure_ends_its_caption_with_the_way_to_the_program():
    caption = fromstring('<em>Five <a href="#">seeds</a>.</em>')
    (found,) = figure(caption)
    words = 'Five <a href="#">seeds</a>. <a>tiny.py</a>'
    assert html(found[1]) == f"<figcaption><p>{words}</p></figcaption>"


def test_a_figure_without_a_caption_has_the_way_to_the_program():
    (found,) = figure()
    assert html(found[1]) == "<figcaption><p> <a>tiny.py</a></p></figcaption>"


def test_an_image_has_the_size_of_the_drawing_in_css_pixels():
    image = figure(found=result())[0][0]
    assert (image.get("width"), image.get("height")) == ("41", "80")
    assert image.get("alt") == "A line"


def test_an_image_without_a_result_has_the_size_of_its_placeholder():
    (found,) = figure()
    assert (found[0].get("width"), found[0].get("height")) == ("560", "320")


def test_a_figure_s_data_is_folded_and_search_does_not_look_into_it():
    drawn = '[{"title": "", "x": "", "y": "", "cells": null, "series": []}]'
    _, fold = figure(found=result(drawn))
    assert fold.tag == "details" and "data-search-exclude" in fold.attrib
    link = fold.find("p/a")
    assert link.get("href") == "../figures/tiny.csv" and "download" in link.attrib


def test_a_figure_that_is_no_plot_has_the_values_found_and_no_file():
    _, fold = figure(found=result())
    assert cells(fold) == [["name", "value"], ["factor", "0.25"]]
    assert fold.find("p") is None


@pytest.mark.parametrize(
    "paragraph, alone",
    [
        ("<p><em>All of it</em></p>", True),
        ("<p><em>Not</em> all</p>", False),
        ("<p>Not <em>all</em></p>", False),
        ("<p><em>One</em><em>two</em></p>", False),
        ("<li><em>An item</em></li>", False),
        ("<p>No element</p>", False),
    ],
)
def test_a_caption_is_all_of_its_paragraph(paragraph, alone):
    assert (only(fromstring(paragraph), "em") is not None) == alone


def test_what_pages_show_of_a_program_without_a_result_is_a_placeholder():
    project = SimpleNamespace(pages=[PAGE])
    assert drawings(project, "tiny", None) == {"tiny.svg": PLACEHOLDER}
    assert drawings(project, "tiny", result()) == {"tiny.svg": SVG}
    assert "… is being computed" in PLACEHOLDER.decode()


def test_lanes_are_as_bright_as_the_logarithm_of_the_share_and_say_it():
    series = [line("relu", [4, 4, 4]), line("sigmoid", [1e-6, 1e-3, 1])]
    words = ["First of {layers}: {shares}.", "input", "output"]
    drawing = draw_lanes(panel(*series), words)
    assert drawing.get("aria-label") == "First of 3: relu: 1; sigmoid: 1×10⁻⁶."
    lights = [bar.get("style") for bar in drawing if bar.get("class") == "light"]
    assert [style.split(";")[0].split(":")[1] for style in lights] == [
        *["1.000"] * 3,
        *["0.000", "0.500", "1.000"],
    ]
    texts = [text.text for text in drawing.iter("text")]
    assert texts[0] == "relu" and texts[-2:] == ["input", "output"]

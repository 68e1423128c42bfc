"""The data behind a figure: shown as tables, handed out as CSV."""

import csv
import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest

from measured.run.artists import read_panels
from measured.text.figures import ROWS, captioned, csv_file, panel_tables, shown


@pytest.fixture
def ax():
    figure, ax = plt.subplots()
    yield ax
    plt.close(figure)


def drawn(ax):
    ax.figure.canvas.draw()
    return read_panels([ax.figure])[0]


def rows(table):
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", table, re.S)]
    return cells


def test_a_table_has_a_header_for_each_column_and_row_and_the_band_in_brackets(ax):
    ax.plot([1, 2], [0.12345, 4000], label="<He>")
    ax.fill_between([1, 2], [0.1, 3000], [0.2, 5000], color="C0")
    (table,) = panel_tables(drawn(ax))
    assert rows(table)[1:] == [["1", "0.123 (0.1 to 0.2)"], ["2", "4000 (3000 to 5000)"]]
    assert table.count('scope="col"') == 2 and table.count('scope="row"') == 2 and "&lt;He&gt;" in table


def test_a_long_series_is_thinned_in_the_table_and_whole_in_the_file(ax):
    ax.plot(range(1000), range(1000), label="long")
    panel = drawn(ax)
    (table,) = panel_tables(panel)
    assert len(rows(table)) == ROWS + 1 and rows(table)[1][0] == "0" and rows(table)[-1][0] == "999"
    assert len(list(csv.reader(io.StringIO(csv_file([panel]))))) == 1001


def test_many_values_at_one_place_are_a_median_and_a_range(ax):
    ax.plot(np.zeros(11), range(11), "o", label="seeds")
    ax.set_xticks([0], ["ReLU"])
    (table,) = panel_tables(drawn(ax))
    assert rows(table)[1] == ["ReLU", "11 values, median 5 (0 to 10)"]


@pytest.mark.parametrize(
    "value, text", [(0.25, "0.25"), (3, "3"), (3.2e-7, "3.2×10⁻⁷"), (None, "none"), ("a\nb", "a b")]
)
def test_a_number_is_shown_to_three_digits(value, text):
    assert shown(value) == text


def test_an_image_that_a_program_drew_becomes_a_figure_with_the_caption_after_it():
    caption = '<p><em>Five <a href="#">seeds</a>.</em></p>'
    content = f'<p><img alt="x" src="../figures/tiny.svg" /></p>\n{caption}\n<p><em>No</em></p>'
    found = captioned(content, {}, '<svg width="3pt" height="6pt">')
    caption = 'Five <a href="#">seeds</a>. <a class="program" href="../downloads/tiny.py">tiny.py</a>'
    image = '<img width="4" height="8" alt="x" src="../figures/tiny.svg">'
    assert found == f"<figure>{image}<figcaption><p>{caption}</p></figcaption></figure>\n<p><em>No</em></p>"


def test_every_figure_of_the_site_has_a_caption_with_its_seeds_and_a_table(site):
    faults = []
    for path in site.rglob("index.html"):
        for figure in re.findall(r"<figure>.*?</figure>.{0,200}", path.read_text(), re.S):
            name = re.search(r"figures/(\w+)\.svg", figure)[1]
            caption = re.search(r"<figcaption>(.*?)</figcaption>", figure, re.S)[1]
            if not re.search(r"\bseeds?\b|nothing random|Nothing here is random", re.sub("<.*?>", "", caption)):
                faults.append(f"{path.relative_to(site)}: the caption of {name} tells no seeds")
            if "whole-tutorial" not in str(path) and '<details class="data"' not in figure:
                faults.append(f"{path.relative_to(site)}: {name} has no table")
    assert faults == []

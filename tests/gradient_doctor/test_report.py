"""A report reads well in a terminal, a notebook, a browser and a program."""

import json
import sys

import pytest
from selectolax.lexbor import LexborHTMLParser

from gradient_doctor import finding as findings_module
from gradient_doctor.finding import KINDS, Finding
from gradient_doctor.layer import Layer
from gradient_doctor.report import Report, format_measure

WORDS = "its share is 0.75 of all that there are, which is more than there may be"


def find(kind="dead", layer="dense_1", **more):
    return Finding(kind, layer, WORDS, "The rate is high.", "Lower it.", **more)


def write(findings=(), names=("dense_1", "dense_2"), **more):
    layers = [
        Layer(name, "Dense", 8, gradient_rms=1e-7, output_gradient_rms=0.5, dead=0.75)
        for name in names
    ]
    return Report(0.69, 32, True, layers, list(findings), **more)


def read(report):
    return LexborHTMLParser(report._repr_html_())


LONG = "a_model_with_a_long_name/and_another_one_inside/dense_1"
REPORTS = {
    "nothing": write(looked=["x and y", "gradients"], not_looked=["the loss's course"]),
    "long": write([find(layer=LONG)], [LONG], notes=["no optimizer " * 20]),
    "many": write([find(layer=f"dense_{i}") for i in range(200)]),
    "effects": write([find(effects=("collapsed: dense_2",) * 9)]),
    "wide": write(names=["層" * 3, "x" * 200]),
}


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_fits_into_eighty_columns(name):
    assert max(map(len, str(REPORTS[name]).split("\n"))) <= 80


def test_a_finding_is_told_with_evidence_cause_change_certainty_and_meaning():
    text = str(write([find(certainty="likely")]))
    first = text.index("1. dead: dense_1 (likely)")
    rest = [text.index(words) for words in ("Its share", "Cause: ", "Change: Lower it")]
    assert [first, *rest] == sorted([first, *rest])
    assert "Means: units are silent" in text


def test_a_report_gives_whole_addresses_once_it_knows_the_site(monkeypatch):
    for module in (findings_module, sys.modules["gradient_doctor.report"]):
        monkeypatch.setattr(module, "SITE", "https://example.org/")
    address = "https://example.org/diagnose/findings/#dead"
    report = write([find()])
    assert f"Read: {address}" in str(report)
    assert read(report).css_first(f'a[href="{address}"]')
    assert report.dict()["findings"][0]["page"] == address


def test_findings_of_one_kind_are_told_once():
    text = str(write([find(layer=f"dense_{i}") for i in range(9)]))
    assert text.count("Its share") == 1
    assert "Also in: dense_1, dense_2, dense_3 and 5 more" in text


def test_effects_are_listed_at_their_cause():
    text = str(write([find(effects=("collapsed: dense_2",))]))
    assert "From it follow: collapsed: dense_2" in text


def test_nothing_found_is_no_word_of_health_and_tells_what_was_looked_at():
    text = str(REPORTS["nothing"])
    assert "Nothing found. " in text and text.endswith(
        "Looked at: x and y; gradients. Not looked at: the loss's course."
    )
    assert "ealthy" not in text


def test_of_a_deep_model_both_ends_are_shown():
    lines = str(write(names=[f"layer_{i}" for i in range(100)])).split("\n")
    assert lines[1].startswith("layer_0 ") and lines[20].startswith("layer_19 ")
    assert lines[21] == "… 60 more layers, all in report.layers …"
    assert lines[41].startswith("layer_99 ")


STORIES = {
    "in each of 3 looks": [["dead"], ["dead"], ["dead"]],
    "first seen at step 5, at each look since": [[], ["dead"], ["dead"]],
    "first seen at step 0, again now": [["dead"], [], ["dead"]],
    "seen at step 0, gone at step 5": [["dead"], [], []],
    "seen at steps 0 to 5, gone at step 10": [["dead"], ["dead"], []],
}


@pytest.mark.parametrize("words", STORIES)
def test_several_looks_make_a_story(words):
    *earlier, last = [
        write([find(kind) for kind in kinds], step=5 * i)
        for i, kinds in enumerate(STORIES[words])
    ]
    last.history = [(report.step, report) for report in earlier]
    assert last.story() == [f"dead: {words}"]
    assert f"- dead: {words}" in str(last)
    assert f"dead: {words}" in read(last).text()


def test_a_notebook_shows_the_findings_and_the_table():
    page = read(write([find()]))
    assert page.css_first("h3").text() == "dead: dense_1 (certain)"
    rows = [[cell.text() for cell in row.css("td")] for row in page.css("tr")]
    assert rows[1][:3] == ["dense_1", "1.0e-07", "0.500"]
    assert page.css_first("tr.accused td").text() == "dense_1"


def test_names_from_a_model_are_shown_in_html_not_obeyed():
    name = "<script>alert(1)</script>"
    report = write([find(layer=name)], [name], notes=[name])
    assert not read(report).css("script") and name in read(report).text()


def test_a_report_is_kept_as_one_file_with_its_figure(tmp_path):
    report = write([find()])
    report.history = [(0, write())]
    report.save(tmp_path / "report.html")
    page = LexborHTMLParser((tmp_path / "report.html").read_text("utf-8"))
    assert page.css_first("svg") and page.css_first("h3")
    assert not page.css("script, link, img, iframe, [src]")


def test_without_matplotlib_a_report_is_kept_without_a_figure(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    write([find()]).save(tmp_path / "report.html")
    page = LexborHTMLParser((tmp_path / "report.html").read_text("utf-8"))
    assert page.css_first("h3") and not page.css("svg")


def test_a_report_is_ready_for_json_without_its_history():
    report = write([find(evidence={"share": 0.75})])
    report.history = [(0, write())]
    found = json.loads(json.dumps(report.dict()))
    assert found["findings"][0]["evidence"] == {"share": 0.75}
    assert found["layers"][0]["dead"] == 0.75 and "history" not in found


def test_a_table_has_a_list_for_each_measure():
    table = write().table()
    assert table["name"] == ["dense_1", "dense_2"] and table["dead"] == [0.75, 0.75]
    assert {len(column) for column in table.values()} == {2}
    assert write(names=[]).table()["name"] == []


def test_a_figure_has_the_gradients_by_layer_and_over_looks():
    report = write()
    assert len(report.plot().axes) == 1
    report.history = [(0, write())]
    above, below, bar = report.plot().axes
    assert [line.get_label() for line in above.lines] == ["dL/d(output)", "dL/dW"]
    assert below.images[0].get_array().shape == (2, 2) and bar


@pytest.mark.parametrize("value", [None, 0.0, -1.0, 1e-300, -1e-9, 123456.789, 1e300])
@pytest.mark.parametrize("measure", ["std", "cosine"])
def test_a_number_takes_seven_characters_at_most(measure, value):
    if measure == "std" or value is None or abs(value) <= 1:
        assert len(format_measure(measure, value)) <= 7


def test_every_kind_has_a_meaning_that_a_report_can_tell():
    for kind in KINDS:
        assert f"Means: {KINDS[kind][:20]}" in str(write([find(kind)]))

"""The data behind a figure is all that Matplotlib drew, or the program fails."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from measured.run.artists import read_panels


@pytest.fixture
def ax():
    figure, ax = plt.subplots()
    yield ax
    plt.close(figure)


def read(ax):
    ax.figure.canvas.draw()
    return read_panels([ax.figure])[0]


def test_a_line_keeps_its_label_and_numbers_and_the_band_around_it(ax):
    ax.plot([1, 2], [3, 4], "C0-", label="theory")
    ax.plot([1, 2], [10, 20], "C0o", label="measured")
    ax.fill_between([1, 2], [9, 19], [11, 22], color="C0")
    ax.set(xlabel="layer", ylabel="norm")
    panel = read(ax)
    assert (panel["x"], panel["y"]) == ("layer", "norm")
    band = {"low": [9, 19], "high": [11, 22]}
    assert panel["series"] == [
        {"label": "theory", "x": [1, 2], "y": [3, 4]},
        {"label": "measured", "x": [1, 2], "y": [10, 20], **band},
    ]


def test_a_band_may_be_drawn_before_its_line(ax):
    ax.fill_between([1, 2], [9, 19], [11, 22], color="C1")
    ax.plot([1, 2], [10, 20], "C1", label="measured")
    band = {"low": [9, 19], "high": [11, 22]}
    assert read(ax)["series"] == [
        {"label": "measured", "x": [1, 2], "y": [10, 20], **band}
    ]


def test_a_band_with_a_gap_keeps_its_gap(ax):
    ax.plot([1, 2, 3], [1, np.nan, 3], "C1-", label="loss")
    ax.fill_between([1, 2, 3], [0, np.nan, 2], [2, np.nan, 4], color="C1")
    (one,) = read(ax)["series"]
    assert one["y"] == [1, None, 3]
    assert one["low"] == [0, None, 2] and one["high"] == [2, None, 4]


def test_what_stands_across_the_panel_or_is_words_is_no_data(ax):
    ax.plot([0, 1], [1, 2], label="x")
    ax.axhline(0.5)
    ax.axvline(0.5)
    ax.axvspan(0, 1)
    ax.text(0, 0, "word")
    ax.annotate("word", (0, 0), (1, 1), arrowprops={"arrowstyle": "->"})
    ax.vlines([0.5], 0, 1, transform=ax.get_xaxis_transform())
    ax.legend()
    assert len(read(ax)["series"]) == 1


@pytest.mark.parametrize("upright", [False, True])
def test_numbers_belong_to_the_names_at_the_ticks(ax, upright):
    names, bars = ("y", "xerr") if upright else ("x", "yerr")
    places = [1, 2], [0.1, 0.9]
    x, y = places if upright else places[::-1]
    ax.errorbar(x, y, **{bars: ([0.5, 0.25], [1, 1])}, label="a")
    ax.set(**{f"{names}ticks": range(2), f"{names}ticklabels": [5, 10]})
    (one,) = read(ax)["series"]
    ends = {"low": [0.5, 1.75], "high": [2, 3]}
    assert one == {"label": "a", "x": ["5", "10"], "y": [1, 2], **ends}


DRAWINGS = {
    "bar": (lambda ax: ax.bar([1, 3], [5, 6], label="a"), {"x": [1, 3], "y": [5, 6]}),
    "barh": (lambda ax: ax.barh([1, 3], [5, 6], label="a"), {"x": [5, 6], "y": [1, 3]}),
    "hist": (
        lambda ax: ax.hist([1, 1, 3], bins=[0, 2, 4], label="a"),
        {"x": [1, 3], "y": [2, 1]},
    ),
    "step": (lambda ax: ax.step([1, 2], [3, 4], label="a"), {"x": [1, 2], "y": [3, 4]}),
    "stairs": (
        lambda ax: ax.stairs([5, 6], [0, 2, 4], label="a"),
        {"x": [1, 3], "y": [5, 6]},
    ),
    "scatter": (
        lambda ax: ax.scatter([1, 2], [3, 4], label="a"),
        {"x": [1, 2], "y": [3, 4]},
    ),
    "hlines": (
        lambda ax: ax.hlines([7, 8], 1, 2, label="a"),
        {"x": [1, 2, 1, 2], "y": [7, 7, 8, 8]},
    ),
    "vlines": (
        lambda ax: ax.vlines([1, 2], [3, 4], [5, 8], label="a"),
        {"x": [1, 2], "y": [4, 6], "low": [3, 4], "high": [5, 8]},
    ),
}


@pytest.mark.parametrize("kind", DRAWINGS)
def test_what_is_drawn_is_told(ax, kind):
    draw, data = DRAWINGS[kind]
    draw(ax)
    assert read(ax)["series"] == [{"label": "a", **data}]


def test_a_line_across_a_name_belongs_to_it_once(ax):
    ax.hlines(0.5, 0.6, 1.4, label="_median")
    ax.set_xticks([0, 1], ["sigmoid", "ReLU"])
    assert read(ax)["series"] == [{"label": "median", "x": ["ReLU"], "y": [0.5]}]


UNKNOWN = {
    "Polygon": lambda ax: ax.fill([0, 1, 2], [0, 1, 0]),
    "FancyArrow": lambda ax: ax.arrow(0, 0, 1, 1),
    "Circle": lambda ax: ax.add_patch(plt.Circle((0, 0), 1)),
    "QuadContourSet": lambda ax: ax.contour(np.eye(3)),
    "Quiver": lambda ax: ax.quiver([0], [0], [1], [1]),
    "AxesImage": lambda ax: ax.imshow(np.zeros((2, 2, 3))),
    "QuadMesh": lambda ax: [ax.pcolormesh(np.eye(2)) for _ in range(2)],
    "FillBetweenPolyCollection": lambda ax: ax.fill_between([0, 1], [1, 2], color="C3"),
    "ErrorbarContainer": lambda ax: ax.errorbar([1], [1], xerr=1, yerr=1),
    "Axes": lambda ax: ax.inset_axes([0, 0, 1, 1]),
}


@pytest.mark.parametrize("kind", UNKNOWN)
def test_what_cannot_be_told_is_refused_by_its_panel_and_name(ax, kind):
    ax.plot([0, 1], [1, 2], "C0")
    ax.set_title("Loss")
    UNKNOWN[kind](ax)
    with pytest.raises(
        ValueError, match=f"the panel 'Loss' has an? {kind} .*: draw it"
    ):
        read(ax)


def test_bars_keep_their_heights_and_names(ax):
    ax.bar(["SGD", "Adam"], [1, 2.5], label="step")
    expected = {"label": "step", "x": ["SGD", "Adam"], "y": [1, 2.5]}
    assert read(ax)["series"] == [expected]


def test_a_heat_map_s_cells_say_what_is_written_in_them_from_top_to_bottom(ax):
    ax.pcolormesh(np.arange(4.0).reshape(2, 2))
    ax.text(0.5, 0.5, "0.00\nlow", ha="center")
    ax.set_xticks([0.5, 1.5], ["a", "b"])
    ax.set_yticks([0.5, 1.5], ["bottom", "top"])
    assert read(ax)["cells"] == {
        "columns": ["a", "b"],
        "rows": ["top", "bottom"],
        "values": [[2, 3], ["0.00 low", 1]],
    }


def test_a_color_bar_is_no_fault(ax):
    ax.figure.colorbar(ax.imshow(np.eye(2)))
    assert read(ax)["cells"]["values"] == [[1, 0], [0, 1]]


def test_a_line_without_a_name_has_that_of_the_line_that_looks_alike():
    figure, (left, right) = plt.subplots(1, 2, sharex=True)
    left.plot([1, 2], [1, 2], "C3--", label="He")
    right.plot([1, 2], [3, 4], "C3--")
    right.plot([1, 2], [3, 4], "C2-", label="_kept")
    right.set_xlabel("depth")
    figure.canvas.draw()
    first, second = read_panels([figure])
    plt.close(figure)
    assert first["x"] == "depth"
    assert [one["label"] for one in second["series"]] == ["He", "kept"]

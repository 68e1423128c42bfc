"""What figures show, as data: every panel with its labels and series, or its cells."""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.category import StrCategoryFormatter
from matplotlib.collections import (
    Collection,
    FillBetweenPolyCollection,
    LineCollection,
    PathCollection,
    QuadMesh,
)
from matplotlib.colors import to_hex, to_rgb
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import StepPatch
from matplotlib.spines import Spine
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter, FuncFormatter

NAMING = (FixedFormatter, FuncFormatter, StrCategoryFormatter)  # write words at ticks
SILENT = (Spine, Axis, Text)  # no data, whatever their coordinates
Series = dict[str, Any]


def read_panels(figures: Iterable[Figure]) -> list[dict[str, Any]]:
    """A dictionary for each panel that shows data and has its axis on.

    series: label, x, y and, where a band or bars are drawn around y, low and high, all
    of one length. cells: names of rows and columns, and what each cell says. A label
    that starts with "_" is kept, though no legend shows it; a line without one has that
    of the line that looks alike. Raises ValueError at what these cannot tell.
    """
    shown = [ax for figure in figures for ax in figure.axes if ax.axison]
    lines = [line for ax in shown for line in ax.lines if read_label(line)]
    names = {look(line): read_label(line) for line in lines}
    panels = [read_panel(ax, names) for ax in shown]
    return [panel for panel in panels if panel["series"] or panel["cells"]]


def look(line: Line2D) -> tuple[str, Any, Any]:
    """What makes lines look alike."""
    return to_hex(line.get_color()), line.get_linestyle(), line.get_marker()


def read_label(artist: Any) -> str:
    """What the artist's author called it; nothing if Matplotlib did."""
    text = " ".join(str(artist.get_label() or "").removeprefix("_").split())
    return "" if re.match(r"child|container|nolegend", text) else text


def read_panel(ax: Axes, names: dict) -> dict[str, Any]:
    """One panel. names: look of a line -> its label."""
    title = ax.get_title("left") or ax.get_title()
    across, up = name_ticks(ax.xaxis), name_ticks(ax.yaxis)
    labels = {"x": find_axis_label(ax, "x"), "y": find_axis_label(ax, "y")}
    series = read_series(ax, names, bool(across))
    if up and not across:  # names stand upright: they are what the numbers belong to
        across, labels = up, {"x": labels["y"], "y": labels["x"]}
        series = [{**one, "x": one["y"], "y": one["x"]} for one in series]
    series = [shorten_series(one, across) for one in series]
    return {"title": title, **labels, "series": series, "cells": read_grid(ax)}


def find_axis_label(ax: Axes, which: str) -> str:
    """The axis' label, or that of the panel with which it shares the axis."""
    group = getattr(ax, f"get_shared_{which}_axes")().get_siblings(ax)
    texts = (getattr(one, f"get_{which}label")() for one in [ax, *group])
    return next(filter(None, texts), "")


def name_ticks(axis: Axis) -> dict[float, str]:
    """position -> name, of an axis whose ticks have names."""
    places, formatter = axis.get_majorticklocs(), axis.get_major_formatter()
    if not isinstance(formatter, NAMING):
        return {}
    texts = formatter.format_ticks(places)
    return {place: " ".join(str(text).split()) for place, text in zip(places, texts)}


def read_series(ax: Axes, names: dict, by_name: bool) -> list[Series]:
    """All that the panel draws in data coordinates. by_name: whether x has names."""
    bars = [group for group in ax.containers if isinstance(group, BarContainer)]
    errors = [group for group in ax.containers if isinstance(group, ErrorbarContainer)]
    grids = [artist for artist in ax.get_children() if is_grid(artist)]
    known = {part for group in bars for part in group} | set(grids[:1]) | {ax.patch}
    known |= {part for group in errors for part in (group[0], *group[1], *group[2])}
    lines: list[tuple[Line2D, Series]] = []
    bands, others = [], []
    for group in errors:
        if not group[0] or group.has_xerr and group.has_yerr:
            raise refuse(ax, group)
    for artist in ax.get_children():
        if artist in known or isinstance(artist, SILENT) or not has_data(artist, ax):
            continue
        if isinstance(artist, Line2D):
            lines.append((artist, read_line(artist, names)))
        elif isinstance(artist, FillBetweenPolyCollection):
            bands.append((artist, len(lines)))
        elif read := find_reader(artist):
            others.append({"label": read_label(artist), **read(artist, by_name)})
        else:
            raise refuse(ax, artist)
    for band, count in bands:
        add_band(ax, band, [*reversed(lines[:count]), *lines[count:]])
    series = [read_bars(group) for group in bars]
    series += [read_errorbar(group) for group in errors]
    series += [one for _, one in lines]
    return [*series, *(one for one in others if one["x"])]


def has_data(artist: Artist, ax: Axes) -> bool:
    """Whether a place of the artist is in data along both axes; axhline's is not."""
    transforms = [artist.get_transform()]
    if isinstance(artist, Collection):
        transforms.append(artist.get_offset_transform())
    in_data = any(found.contains_branch(ax.transData) for found in transforms)
    return in_data or isinstance(artist, Axes)


def refuse(ax: Axes, artist: Any) -> ValueError:
    """What to say of an artist whose data would be missing in the figure's file."""
    where = f"the panel '{ax.get_title('left') or ax.get_title()}'"
    what = f"a {type(artist).__name__} ({artist.get_label()})"
    remedy = (
        "draw it with plot, step, stairs, scatter, bar, hist, errorbar, hlines, vlines,"
        " fill_between around a line of its color, or one pcolormesh or imshow;"
        " if it shows no data, place it by the panel: transform=ax.transAxes"
    )
    return ValueError(f"{where} has {what}, which its data cannot tell: {remedy}")


def read_line(line: Line2D, names: dict) -> Series:
    """A line's points."""
    x, y = line.get_data(orig=False)
    label = read_label(line) or names.get(look(line), "")
    return {"label": label, "x": list(x), "y": list(y)}


def find_reader(artist: Artist) -> Callable[[Any, bool], Series] | None:
    """What reads the points of an artist that is no line."""
    readers: dict[type, Callable[[Any, bool], Series]] = {
        PathCollection: read_points,
        LineCollection: read_segments,
        StepPatch: read_stairs,
    }
    return readers.get(type(artist))


def read_points(points: PathCollection, by_name: bool) -> Series:
    """The points of a scatter."""
    x, y = points.get_offsets().T
    return {"x": list(x), "y": list(y)}


def read_stairs(stairs: StepPatch, by_name: bool) -> Series:
    """The values of stairs, each at the middle of its step."""
    values, edges, _ = stairs.get_data()
    return {"x": list((edges[:-1] + edges[1:]) / 2), "y": list(values)}


def read_segments(segments: LineCollection, by_name: bool) -> Series:
    """What hlines and vlines draw: upright ones as a range, others by their ends, or
    where x has names by their middle.
    """
    ends = [list(map(tuple, segment)) for segment in segments.get_segments()]
    if ends and all(x0 == x1 for (x0, _), *_, (x1, _) in ends):
        heights = [[y for _, y in points] for points in ends]
        low, high = list(map(min, heights)), list(map(max, heights))
        middle = [(a + b) / 2 for a, b in zip(low, high)]
        x = [points[0][0] for points in ends]
        return {"x": x, "y": middle, "low": low, "high": high}
    if by_name:
        ends = [[tuple(sum(p) / len(points) for p in zip(*points))] for points in ends]
    places = [place for points in ends for place in points]
    return {"x": [x for x, _ in places], "y": [y for _, y in places]}


def add_band(
    ax: Axes, band: FillBetweenPolyCollection, lines: list[tuple[Line2D, Series]]
) -> None:
    """Give the first line that has the band's color and places its low and high."""
    edges: dict[float, list[float]] = {}
    for x, y in (vertex for path in band.get_paths() for vertex in path.vertices):
        edges.setdefault(x, []).append(y)
    color = tuple(band.get_facecolor()[0][:3])
    for line, one in lines:
        if to_rgb(line.get_color()) == color and edges.keys() <= set(one["x"]):
            one["low"] = [min(edges.get(x, [math.nan])) for x in one["x"]]
            one["high"] = [max(edges.get(x, [math.nan])) for x in one["x"]]
            return
    raise refuse(ax, band)


def read_bars(group: BarContainer) -> Series:
    """Where each bar stands, and where it ends."""
    upright = group.orientation == "vertical"
    x = [bar.get_x() + bar.get_width() / 2 for bar in group]
    y = [bar.get_y() + bar.get_height() / 2 for bar in group]
    ends = [bar.get_height() if upright else bar.get_width() for bar in group]
    x, y = (x, ends) if upright else (ends, y)
    return {"label": read_label(group), "x": x, "y": y}


def read_errorbar(group: ErrorbarContainer) -> Series:
    """The points with the ends of their bars."""
    x, y = group[0].get_data(orig=False)
    one = {"label": read_label(group), "x": list(x), "y": list(y)}
    along = 1 if group.has_yerr else 0
    for collection in group[2]:
        segments = collection.get_segments()
        ends = [[point[along] for point in segment] for segment in segments]
        one |= {"low": [min(pair) for pair in ends], "high": [max(p) for p in ends]}
    return one


def is_grid(artist: Artist) -> bool:
    """Whether it is a heat map; an image with colors of its own is none."""
    return isinstance(artist, QuadMesh | AxesImage) and artist.get_array().ndim == 2


def read_grid(ax: Axes) -> dict[str, Any] | None:
    """What a heat map's cells say: texts in them, or their numbers; top row first."""
    grid: Any = next(filter(is_grid, ax.get_children()), None)
    if not grid:
        return None
    shift = 0.5 if isinstance(grid, QuadMesh) else 0  # a cell's middle, in cells
    values = [[shorten(value) for value in row] for row in grid.get_array().tolist()]
    texts: dict[tuple[int, int], list[str]] = {}
    for text in ax.texts:
        column, row = (round(place - shift) for place in text.get_position())
        texts.setdefault((row, column), []).append(text.get_text().replace("\n", " "))
    said = [
        [" ".join(texts.get((r, c), [])) or value for c, value in enumerate(row)]
        for r, row in enumerate(values)
    ]
    columns = name_ticks(ax.xaxis).values() or range(1, len(values[0]) + 1)
    rows = list(map(str, name_ticks(ax.yaxis).values() or range(1, len(values) + 1)))
    order = 1 if ax.yaxis_inverted() else -1
    columns = list(map(str, columns))
    return {"columns": columns, "rows": rows[::order], "values": said[::order]}


def shorten_series(series: Series, names: dict[float, str]) -> Series:
    """The series with six digits of each number, its x by the name of the nearest tick
    where ticks have names.
    """
    parts: Iterator = ((part, series[part]) for part in series if part != "label")
    found = {part: [shorten(value) for value in values] for part, values in parts}
    if names:
        nearest = (min(names, key=lambda place: abs(place - x)) for x in series["x"])
        found["x"] = [names[place] for place in nearest]
    return {"label": series["label"], **found}


def shorten(value: float | None) -> float | None:
    """Six digits; None of what is no finite number."""
    value = float(value) if value is not None else math.nan
    return float(f"{value:.6g}") if math.isfinite(value) else None

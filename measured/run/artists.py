"""What figures show, as data: every panel with its labels and series, or its cells."""

import math
import re
from collections.abc import Callable, Iterable
from typing import Any

from matplotlib import axis, category, container, image, lines, patches, spines, ticker
from matplotlib import collections as sets
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.text import Text

# What writes words at ticks, and what shows no data, whatever its coordinates.
NAMING = (ticker.FixedFormatter, ticker.FuncFormatter, category.StrCategoryFormatter)
SILENT = (spines.Spine, axis.Axis, Text)
Series = dict[str, Any]


def read_panels(figures: Iterable[Any]) -> list[dict[str, Any]]:
    """A dictionary for each panel that shows data and has its axis on.

    series: label, x, y and, where a band or bars are drawn around y, low and high, all
    of one length. cells: names of rows and columns, and what each cell says. A label
    that starts with "_" is kept, though no legend shows it; a line without one has that
    of the line that looks alike. Raises ValueError at what these cannot tell.
    """
    shown = [ax for figure in figures for ax in figure.axes if ax.axison]
    names = {look(x): read_label(x) for ax in shown for x in ax.lines if read_label(x)}
    panels = [read_panel(ax, names) for ax in shown]
    return [panel for panel in panels if panel["series"] or panel["cells"]]


def look(line: lines.Line2D) -> tuple[str, Any, Any]:
    """What makes lines look alike."""
    return to_hex(line.get_color()), line.get_linestyle(), line.get_marker()


def read_label(artist: Any) -> str:
    """What the artist's author called it; nothing if Matplotlib did."""
    text = " ".join(str(artist.get_label() or "").removeprefix("_").split())
    return "" if re.match(r"child|container|nolegend", text) else text


def read_panel(ax: Axes, names: dict) -> dict[str, Any]:
    """One panel. names: look of a line -> its label."""
    across, up = name_ticks(ax.xaxis), name_ticks(ax.yaxis)
    labels = {"x": find_axis_label(ax, "x"), "y": find_axis_label(ax, "y")}
    series = read_series(ax, names, bool(across))
    if up and not across:  # names stand upright: they are what the numbers belong to
        across, labels = up, {"x": labels["y"], "y": labels["x"]}
        series = [{**one, "x": one["y"], "y": one["x"]} for one in series]
    series = [shorten_series(one, across) for one in series]
    title = ax.get_title("left") or ax.get_title()
    return {"title": title, **labels, "series": series, "cells": read_grid(ax)}


def find_axis_label(ax: Axes, which: str) -> str:
    """The axis' label, or that of the panel with which it shares the axis."""
    group = getattr(ax, f"get_shared_{which}_axes")().get_siblings(ax)
    texts = (getattr(one, f"get_{which}label")() for one in [ax, *group])
    return next(filter(None, texts), "")


def name_ticks(axis: Any) -> dict[float, str]:
    """position -> name, of an axis whose ticks have names."""
    places, formatter = axis.get_majorticklocs(), axis.get_major_formatter()
    if not isinstance(formatter, NAMING):
        return {}
    texts = formatter.format_ticks(places)
    return {place: " ".join(str(text).split()) for place, text in zip(places, texts)}


def read_series(ax: Axes, names: dict, by_name: bool) -> list[Series]:
    """All that the panel draws in data coordinates. by_name: whether x has names."""
    groups = [
        (group, read)
        for kind, read in GROUPS.items()
        for group in ax.containers
        if isinstance(group, kind)
    ]
    told = {part for group, _ in groups for part in group.get_children()}
    told |= {ax.patch, *list(filter(is_grid, ax.get_children()))[:1]}
    drawn: list[tuple[Any, Series]] = []
    bands, others = [], []
    for artist in ax.get_children():
        if artist in told or isinstance(artist, SILENT) or not has_data(artist, ax):
            continue
        if isinstance(artist, lines.Line2D):
            drawn.append((artist, read_line(artist, names)))
        elif isinstance(artist, sets.FillBetweenPolyCollection):
            bands.append((artist, len(drawn)))
        elif read := READERS.get(type(artist)):
            others.append({"label": read_label(artist), **read(artist, by_name)})
        else:
            raise refuse(ax, artist)
    for band, count in bands:
        add_band(ax, band, [*reversed(drawn[:count]), *drawn[count:]])
    series = [read(ax, group) for group, read in groups]
    series += [one for _, one in drawn]
    return [*series, *(one for one in others if one["x"])]


def has_data(artist: Any, ax: Axes) -> bool:
    """Whether its place is in data along both axes; that of axhline is not."""
    return (
        isinstance(artist, Axes)
        or artist.get_transform().contains_branch(ax.transData)
        or isinstance(artist, sets.Collection)
        and artist.get_offset_transform().contains_branch(ax.transData)
    )


def refuse(ax: Axes, artist: Any) -> ValueError:
    """What to say of an artist whose data would be missing in the figure's file."""
    return ValueError(
        f"the panel '{ax.get_title('left') or ax.get_title()}' has a"
        f" {type(artist).__name__} ({artist.get_label()}), which its data cannot tell:"
        " draw it with plot, step, stairs, scatter, bar, hist, errorbar, hlines,"
        " vlines, fill_between around a line of its color, or one pcolormesh or imshow;"
        " if it shows no data, place it by the panel: transform=ax.transAxes"
    )


def read_line(line: Any, names: dict) -> Series:
    x, y = line.get_data(orig=False)
    label = read_label(line) or names.get(look(line), "")
    return {"label": label, "x": list(x), "y": list(y)}


def read_points(points: Any, by_name: bool) -> Series:
    return dict(zip("xy", points.get_offsets().T.tolist()))


def read_stairs(stairs: Any, by_name: bool) -> Series:
    """The values of stairs, each at the middle of its step."""
    values, edges, _ = stairs.get_data()
    return {"x": list((edges[:-1] + edges[1:]) / 2), "y": list(values)}


def read_segments(segments: Any, by_name: bool) -> Series:
    """What hlines and vlines draw: upright ones as a range, others by their ends, or
    where x has names by their middle.
    """
    ends = [list(map(tuple, segment)) for segment in segments.get_segments()]
    if ends and all(x0 == x1 for (x0, _), *_, (x1, _) in ends):
        heights = [[y for _, y in points] for points in ends]
        low, high = list(map(min, heights)), list(map(max, heights))
        middle = [(a + b) / 2 for a, b in zip(low, high)]
        return {"x": [p[0][0] for p in ends], "y": middle, "low": low, "high": high}
    if by_name:
        ends = [[tuple(sum(p) / len(points) for p in zip(*points))] for points in ends]
    places = [place for points in ends for place in points]
    return {"x": [x for x, _ in places], "y": [y for _, y in places]}


def add_band(ax: Axes, band: Any, drawn: list[tuple[Any, Series]]) -> None:
    """Give the first line that has the band's color and places its low and high."""
    edges: dict[float, list[float]] = {}
    for x, y in (vertex for path in band.get_paths() for vertex in path.vertices):
        edges.setdefault(x, []).append(y)
    color = tuple(band.get_facecolor()[0][:3])
    for line, one in drawn:
        if to_rgb(line.get_color()) == color and edges.keys() <= set(one["x"]):
            ends = [edges.get(x, [math.nan]) for x in one["x"]]
            return one.update(low=list(map(min, ends)), high=list(map(max, ends)))
    raise refuse(ax, band)


def read_bars(ax: Axes, group: Any) -> Series:
    """Where each bar stands, and where it ends. A histogram names its first bar."""
    label = read_label(group) or next(map(read_label, group), "")
    if group.orientation == "vertical":
        x = [bar.get_x() + bar.get_width() / 2 for bar in group]
        return {"label": label, "x": x, "y": [bar.get_height() for bar in group]}
    y = [bar.get_y() + bar.get_height() / 2 for bar in group]
    return {"label": label, "x": [bar.get_width() for bar in group], "y": y}


def read_errorbar(ax: Axes, group: Any) -> Series:
    if not group[0] or group.has_xerr and group.has_yerr:
        raise refuse(ax, group)
    x, y = group[0].get_data(orig=False)
    one = {"label": read_label(group), "x": list(x), "y": list(y)}
    for bars in group[2]:
        ends = [
            [place[int(group.has_yerr)] for place in bar] for bar in bars.get_segments()
        ]
        one |= {"low": list(map(min, ends)), "high": list(map(max, ends))}
    return one


# What reads the data of an artist that is neither a line nor a band.
READERS: dict[type, Callable[[Any, bool], Series]] = {
    sets.PathCollection: read_points,
    sets.LineCollection: read_segments,
    patches.StepPatch: read_stairs,
}
GROUPS: dict[type, Callable[[Axes, Any], Series]] = {
    container.BarContainer: read_bars,
    container.ErrorbarContainer: read_errorbar,
}


def is_grid(artist: Any) -> bool:
    """Whether it is a heat map; an image with colors of its own is none."""
    grid: Any = artist if isinstance(artist, sets.QuadMesh | image.AxesImage) else None
    return grid is not None and grid.get_array().ndim == 2


def read_grid(ax: Axes) -> dict[str, Any] | None:
    """What a heat map's cells say: texts in them, or their numbers; top row first."""
    grid: Any = next(filter(is_grid, ax.get_children()), None)
    if not grid:
        return None
    shift = 0.5 if isinstance(grid, sets.QuadMesh) else 0  # a cell's middle, in cells
    texts: dict[tuple[int, int], list[str]] = {}
    for text in ax.texts:
        column, row = (round(place - shift) for place in text.get_position())
        texts.setdefault((row, column), []).append(text.get_text().replace("\n", " "))
    said = [
        [
            " ".join(texts.get((r, c), [])) or shorten(value)
            for c, value in enumerate(row)
        ]
        for r, row in enumerate(grid.get_array().tolist())
    ]
    columns = name_ticks(ax.xaxis).values() or range(1, len(said[0]) + 1)
    rows = name_ticks(ax.yaxis).values() or range(1, len(said) + 1)
    order = 1 if ax.yaxis_inverted() else -1  # lists rows from the top
    return {
        "columns": list(map(str, columns)),
        "rows": list(map(str, rows))[::order],
        "values": said[::order],
    }


def shorten_series(series: Series, names: dict[float, str]) -> Series:
    """The series with six digits of each number, its x by the name of the nearest tick
    where ticks have names.
    """
    found = {
        part: values if part == "label" else list(map(shorten, values))
        for part, values in series.items()
    }
    if names:
        nearest = (min(names, key=lambda place: abs(place - x)) for x in series["x"])
        found["x"] = [names[place] for place in nearest]
    return found


def shorten(value: float | None) -> float | None:
    """Six digits; None of what is no finite number."""
    value = float(value) if value is not None else math.nan
    return float(f"{value:.6g}") if math.isfinite(value) else None

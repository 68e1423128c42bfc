"""What figures show, as data: every panel with its labels and its series, or the cells of its heat map."""

import math
import re

from matplotlib.category import StrCategoryFormatter
from matplotlib.collections import FillBetweenPolyCollection, QuadMesh
from matplotlib.colors import to_hex, to_rgb
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedFormatter, FuncFormatter

NAMED = (FixedFormatter, FuncFormatter, StrCategoryFormatter)  # what writes words at ticks


def panels(figures):
    """A dictionary for each panel that shows data.

    series: label, x, y and, where a band or bars are drawn around y, low and high, all of one length. cells: names of
    rows and columns, and what each cell says. A label that starts with "_" is kept, though no legend shows it; a line
    without one has that of the line that looks alike.
    """
    axes = [ax for figure in figures for ax in figure.axes if ax.axison]
    known = {look(line): name(line) for ax in axes for line in ax.lines if name(line)}
    found = [panel(ax, known) for ax in axes]
    return [panel for panel in found if panel["series"] or panel["cells"]]


def look(line):
    return to_hex(line.get_color()), line.get_linestyle(), line.get_marker()


def name(artist):
    """What the artist's author called it; nothing if Matplotlib did."""
    text = " ".join(str(artist.get_label() or "").removeprefix("_").split())
    return "" if re.match(r"child|container|nolegend", text) else text


def panel(ax, known):
    title = ax.get_title("left") or ax.get_title()
    across, up = named(ax.xaxis), named(ax.yaxis)
    labels = {"x": label(ax, "x"), "y": label(ax, "y")}
    series = [*bars(ax), *errorbars(ax), *lines(ax, known)]
    if up and not across:  # the names stand upright: they are what the numbers belong to
        across, labels = up, {"x": labels["y"], "y": labels["x"]}
        series = [{**one, "x": one["y"], "y": one["x"]} for one in series]
    return {"title": title, **labels, "series": [rounded(one, across) for one in series], "cells": cells(ax)}


def label(ax, which):
    """The axis' label, or that of the panel with which it shares the axis."""
    group = getattr(ax, f"get_shared_{which}_axes")().get_siblings(ax)
    return next((text for one in [ax, *group] if (text := getattr(one, f"get_{which}label")())), "")


def named(axis):
    """position -> name, of an axis whose ticks have names."""
    places, formatter = axis.get_majorticklocs(), axis.get_major_formatter()
    names = formatter.format_ticks(places) if isinstance(formatter, NAMED) else []
    return {place: " ".join(str(name).split()) for place, name in zip(places, names)}


def lines(ax, known):
    """Every line in data coordinates, with the band that was filled after it in its color."""
    of_bars = {line for c in ax.containers if isinstance(c, ErrorbarContainer) for line in (c[0], *c[1])}
    found = []
    for artist in ax.get_children():
        if isinstance(artist, Line2D) and artist.get_transform() == ax.transData and artist not in of_bars:
            x, y = artist.get_data(orig=False)
            found.append((artist, {"label": name(artist) or known.get(look(artist), ""), "x": list(x), "y": list(y)}))
        if isinstance(artist, FillBetweenPolyCollection):
            edges = {}
            for x, y in (vertex for path in artist.get_paths() for vertex in path.vertices):
                edges.setdefault(x, []).append(y)
            color = tuple(artist.get_facecolor()[0][:3])
            for line, one in reversed(found):
                if to_rgb(line.get_color()) == color and edges.keys() <= set(one["x"]):
                    one["low"] = [min(edges.get(x, [math.nan])) for x in one["x"]]
                    one["high"] = [max(edges.get(x, [math.nan])) for x in one["x"]]
                    break
    return [one for _, one in found]


def bars(ax):
    for group in (container for container in ax.containers if isinstance(container, BarContainer)):
        middles = [(bar.get_x() + bar.get_width() / 2, bar.get_y() + bar.get_height() / 2) for bar in group]
        x, y = zip(*middles)
        ends = [bar.get_height() if group.orientation == "vertical" else bar.get_width() for bar in group]
        x, y = (x, ends) if group.orientation == "vertical" else (ends, y)
        yield {"label": name(group), "x": list(x), "y": list(y)}


def errorbars(ax):
    for group in (container for container in ax.containers if isinstance(container, ErrorbarContainer)):
        x, y = group[0].get_data(orig=False)
        one = {"label": name(group), "x": list(x), "y": list(y)}
        for collection in group[2]:
            along = 1 if group.has_yerr else 0
            ends = [[point[along] for point in segment] for segment in collection.get_segments()]
            one |= {"low": [min(pair) for pair in ends], "high": [max(pair) for pair in ends]}
        yield one


def cells(ax):
    """What a heat map's cells say: the texts written in them, or else their numbers; top row first."""
    grids = [artist for artist in ax.get_children() if isinstance(artist, (QuadMesh, AxesImage))]
    if not grids or grids[0].get_array().ndim != 2:
        return None
    grid = grids[0]
    shift = 0.5 if isinstance(grid, QuadMesh) else 0  # a cell's middle, in cells
    values = [[number(value) for value in row] for row in grid.get_array().tolist()]
    texts = {}
    for text in ax.texts:
        column, row = (round(place - shift) for place in text.get_position())
        texts.setdefault((row, column), []).append(text.get_text().replace("\n", " "))
    said = [[" ".join(texts.get((r, c), [])) or v for c, v in enumerate(row)] for r, row in enumerate(values)]
    columns = named(ax.xaxis).values() or range(1, len(values[0]) + 1)
    rows = named(ax.yaxis).values() or range(1, len(values) + 1)
    rows, order = list(map(str, rows)), 1 if ax.yaxis_inverted() else -1
    return {"columns": list(map(str, columns)), "rows": rows[::order], "values": said[::order]}


def rounded(series, names):
    """The series with six digits of each number, its x by the name of the nearest tick where ticks have names."""
    found = {part: found if part == "label" else [number(value) for value in found] for part, found in series.items()}
    if names:
        found["x"] = [names[min(names, key=lambda place: abs(place - x))] for x in series["x"]]
    return found


def number(value):
    """Six digits; None of what is no finite number."""
    value = float(value) if value is not None else math.nan
    return float(f"{value:.6g}") if math.isfinite(value) else None

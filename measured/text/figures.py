"""Figures as readers meet them: with a caption, their program and their data."""

import csv
import io
import math
from collections.abc import Iterator
from functools import partial
from html import escape
from itertools import zip_longest
from statistics import median
from xml.etree.ElementTree import Element, fromstring

from measured.run.store import Result
from measured.text.claims import typographic
from measured.text.page import Page

ROWS = 12  # of a table: more do not help who reads; the file has them all
LISTED = 10  # values in one cell
BAND = "in brackets from the lower to the upper end of what is drawn around it"
STEP, BAR, HEIGHT, LEFT = 46, 30, 74, 92  # about pixels
FAINTEST = 1e-6  # what is drawn as no light at all
PLACEHOLDER = b"""<svg xmlns="http://www.w3.org/2000/svg" width="420pt" height="240pt" \
viewBox="0 0 420 240">
<text x="210" y="120" text-anchor="middle" font-family="sans-serif" fill="#808080">\
\xe2\x80\xa6 is being computed</text>
</svg>"""


def only(paragraph: Element, tag: str) -> Element | None:
    """The element that is all of a paragraph, if it is one of these."""
    alone = paragraph.tag == "p" and len(paragraph) == 1 and paragraph[0].tag == tag
    text = f"{paragraph.text or ''}{paragraph[0].tail or ''}" if alone else "other"
    return None if text.strip() else paragraph[0]


def make_figure(
    image: Element,
    caption: Element | None,
    link: Element,
    result: Result | None,
    page: Page,
) -> list[Element]:
    """The figure of an image, its caption ended by a link, and a fold with its data."""
    drawing = fromstring(result.files[f"{result.name}.svg"] if result else PLACEHOLDER)
    for side in ("width", "height"):
        points = float(drawing.attrib[side].removesuffix("pt"))
        image.set(side, f"{points * 4 / 3:.0f}")  # CSS pixels
    words = Element("p") if caption is None else caption
    words.tag, image.tail, words.tail = "p", None, None
    if len(words):
        words[-1].tail = f"{words[-1].tail or ''} "
    else:
        words.text = f"{words.text or ''} "
    words.append(link)
    figure = Element("figure")
    figure.extend([image, Element("figcaption")])
    figure[1].append(words)
    return [figure, fold_data(result, page)] if result else [figure]


def fold_data(result: Result, page: Page) -> Element:
    """The data of a program's figure, folded; search does not look into it."""
    fold = fromstring(
        '<details class="data" data-search-exclude="">'
        "<summary>Data behind this figure</summary></details>"
    )
    fold.extend(table for panel in result.drawn for table in panel_tables(panel))
    if len(fold) == 1:  # no plot
        found = [(k, v) for k, v in result.values.items() if not isinstance(v, list)]
        rows = [[name, format_short(value)] for name, value in found]
        fold.append(table("Values that the program found", ["name", "value"], rows))
    if result.drawn:
        file = f"{result.name}.csv"
        link = f'<a href="{page.up(f"figures/{file}")}" download="">{file}</a>'
        fold.append(fromstring(f"<p>{link} has all of it.</p>"))
    return fold


def panel_tables(panel: dict) -> Iterator[Element]:
    """A heat map as it stands; series side by side where their places allow."""
    if cells := panel["cells"]:
        rows = [
            [name, *map(format_short, row)]
            for name, row in zip(cells["rows"], cells["values"])
        ]
        sides = " by ".join(filter(None, [panel["y"], panel["x"]]))
        yield table(sides or panel["title"], ["", *cells["columns"]], rows)
    for group in side_by_side(merge_by_label(panel["series"])):
        places = sorted({x for one in group for x in one["x"] if isinstance(x, float)})
        places = places or list(dict.fromkeys(x for one in group for x in one["x"]))
        named = dict.fromkeys(filter(None, [panel["title"], panel["y"]]))
        title = ": ".join(named) or "Values"
        if any("low" in one for one in group):
            title += f"; {BAND}"
        if len(places) > ROWS:
            count = f"{len(places):,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
            title += f"; {ROWS} of {count} places"
            last = len(places) - 1
            places = [places[round(row * last / (ROWS - 1))] for row in range(ROWS)]
        heads = [one["label"] or panel["y"] or "value" for one in group]
        rows = [
            [format_short(place), *(cell(one, place) for one in group)]
            for place in places
        ]
        yield table(title, [panel["x"] or "place", *heads], rows)


def merge_by_label(series: list[dict]) -> list[dict]:
    found: dict = {}
    for number, one in enumerate(series):
        known = found.setdefault(one["label"] or number, {"label": one["label"]})
        for part in one.keys() - {"label"}:
            known[part] = known.get(part, []) + one[part]
    return list(found.values())


def side_by_side(series: list[dict]) -> list[list[dict]]:
    """Groups for one table each: all if they have few places, else the alike."""
    few = len({x for one in series for x in one["x"]}) <= ROWS
    groups: dict = {}
    for one in series:
        groups.setdefault(few or tuple(one["x"]), []).append(one)
    return list(groups.values())


def cell(series: dict, place: float | str) -> str:
    """A value and its band, a few values, or the median and range of many."""
    at = [i for i, x in enumerate(series["x"]) if x == place]
    values = sorted(y for i in at if (y := series["y"][i]) is not None)
    if len(values) > LISTED:
        ends = f"{format_short(values[0])} to {format_short(values[-1])}"
        return f"{len(values)} values, median {format_short(median(values))} ({ends})"
    if len(at) == 1 and "low" in series and series["low"][at[0]] is not None:
        value, low, high = (
            format_short(series[part][at[0]]) for part in ("y", "low", "high")
        )
        return f"{value} ({low} to {high})"
    return ", ".join(map(format_short, values))


def table(caption: str, heads: list[str], rows: list[list[str]]) -> Element:
    columns = [
        f'<th scope="col">{escape(name)}</th>' if name else "<td/>" for name in heads
    ]
    body = ""
    for first, *rest in map(partial(map, escape), rows):
        cells = "".join(f"<td>{text}</td>" for text in rest)
        body += f'<tr><th scope="row">{first}</th>{cells}</tr>'
    return fromstring(
        f"<table><caption>{escape(caption)}</caption>"
        f"<thead><tr>{''.join(columns)}</tr></thead><tbody>{body}</tbody></table>"
    )


def format_short(value: float | str | None) -> str:
    """A number to three digits; a name on one line."""
    if value is None:
        return "none"
    if isinstance(value, str):
        return " ".join(value.split())
    whole = value == round(value) and abs(value) < 1e6
    return typographic(f"{value:.0f}" if whole else f"{value:.3g}")


def csv_file(panels: list[dict]) -> str:
    """All that a figure shows, one row a value."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["panel", "series", "x", "y", "low", "high"])
    for number, panel in enumerate(panels, start=1):
        cells = panel["cells"] or {"rows": [], "values": []}
        grid = [
            {"label": name, "x": cells["columns"], "y": row}
            for name, row in zip(cells["rows"], cells["values"])
        ]
        for one in panel["series"] + grid:
            title = [panel["title"] or f"panel {number}", one["label"]]
            columns = one["x"], one["y"], one.get("low", []), one.get("high", [])
            writer.writerows([*title, *row] for row in zip_longest(*columns))
    return file.getvalue()


def draw_lanes(panel: dict, words: list[str]) -> Element:
    """SVG without script: a lane a series, a bar a place, as bright as its logarithm.

    A place's share is that of the series' last. words: the drawing's label, where
    {layers} and {shares} are filled in, and what stands below the first and last bar.
    """
    lanes = {
        one["label"]: [y / one["y"][-1] for y in one["y"]] for one in panel["series"]
    }
    layers = max(map(len, lanes.values()))
    width, height = LEFT + layers * STEP + 8, len(lanes) * (HEIGHT + 46) + 22
    shares = "; ".join(f"{name}: {rough(found[0])}" for name, found in lanes.items())
    label = words[0].replace("{layers}", str(layers)).replace("{shares}", shares)
    view = {"viewBox": f"0 0 {width} {height}", "role": "img", "aria-label": label}
    drawing = Element("svg", view)
    for number, (name, found) in enumerate(lanes.items()):
        drawing.extend(draw_lane(name, found, number))
    drawing.append(write_text(words[1], LEFT, height - 6))
    drawing.append(write_text(words[2], width - 8, height - 6, "end"))
    return drawing


def draw_lane(name: str, shares: list[float], number: int) -> Iterator[Element]:
    """The lane's name and bars; three of them have their share below."""
    top, last = number * (HEIGHT + 46) + 20, len(shares) - 1
    yield write_text(name, LEFT - 14, top + HEIGHT / 2 + 5, "end", "name")
    for layer, share in enumerate(shares):
        light = min(max(1 - math.log10(min(share, 1)) / math.log10(FAINTEST), 0), 1)
        x, style = LEFT + layer * STEP, f"--l:{light:.3f};--w:{last - layer}"
        box = {"x": f"{x}", "y": f"{top}", "width": f"{BAR}", "height": f"{HEIGHT}"}
        yield Element("rect", {"class": "layer", **box, "rx": "6"})
        yield Element("rect", {"class": "light", **box, "rx": "6", "style": style})
        if layer in (0, len(shares) // 2, last):
            yield write_text(rough(share), x + BAR / 2, top + HEIGHT + 16, "middle")


def write_text(
    text: str, x: float, y: float, anchor: str = "start", size: str = "small"
) -> Element:
    place = f'class="{size}" x="{x}" y="{y}" text-anchor="{anchor}"'
    return fromstring(f"<text {place}>{escape(text)}</text>")


def rough(share: float) -> str:
    """A share to one digit."""
    return format_short(float(f"{share:.1g}"))

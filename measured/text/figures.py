"""Figures as readers meet them: with a caption, a way to the program, and their data as tables and as CSV."""

import csv
import html
import io
import re
from statistics import median

from measured.text.claims import typographic

IMAGE = re.compile(
    r'<p><img (?P<attributes>[^>]*?src="(?P<up>[^"]*?)figures/(?P<program>\w+)\.svg"[^>]*?)\s*/?></p>'
    r"(?:\s*<p><em>(?P<caption>(?:(?!</?p>).)*)</em></p>)?",
    re.S,
)
SIZE = re.compile(rb'<svg [^>]*?width="([\d.]+)pt" height="([\d.]+)pt"')
ROWS = 12  # of a table: more do not help who reads; the file has them all
LISTED = 10  # values in one cell


def captioned(content, results, placeholder):
    """A page's HTML with a figure for every image that a program drew, its caption below, and a fold with its data."""

    def figure(match):
        program, up = match["program"], match["up"]
        result = results.get(program)
        svg = result.files[f"{program}.svg"] if result else placeholder.encode()
        width, height = (round(float(points) * 4 / 3) for points in SIZE.search(svg).groups())  # in CSS pixels
        image = f'<img width="{width}" height="{height}" {match["attributes"]}>'
        link = f'<a class="program" href="{whole(program, content, up)}">{program}.py</a>'
        caption = f"<figcaption><p>{match['caption'] or ''} {link}</p></figcaption>"
        return f"<figure>{image}{caption}</figure>{behind(result, up) if result else ''}"

    return IMAGE.sub(figure, content)


def whole(program, content, up):
    """Where the whole program is: folded on this page, or else as a file."""
    anchor = f"program-{program}"
    return f"#{anchor}" if f'id="{anchor}"' in content else f"{up}downloads/{program}.py"


def behind(result, up):
    """The fold with the data of a program's figure; search does not look into it."""
    tables = [table for panel in result.drawn for table in panel_tables(panel)] or [values_table(result.values)]
    file = f"{result.name}.csv"
    more = f'<p><a href="{up}figures/{file}" download>{file}</a> has all of it.</p>' if result.drawn else ""
    summary = "<summary>Data behind this figure</summary>"
    return f'<details class="data" data-search-exclude>{summary}{"".join(tables)}{more}</details>'


def panel_tables(panel):
    """A panel's data as tables: a heat map as it stands; series side by side where their places allow."""
    if cells := panel["cells"]:
        rows = [[name, *map(shown, row)] for name, row in zip(cells["rows"], cells["values"])]
        yield table(
            " by ".join(filter(None, [panel["y"], panel["x"]])) or panel["title"], ["", *cells["columns"]], rows
        )
    for group in side_by_side(merged(panel["series"])):
        places = sorted({x for one in group for x in one["x"] if isinstance(x, float)})
        places = places or list(dict.fromkeys(x for one in group for x in one["x"]))
        kept = (
            places if len(places) <= ROWS else [places[round(i * (len(places) - 1) / (ROWS - 1))] for i in range(ROWS)]
        )
        title = ": ".join(dict.fromkeys(filter(None, [panel["title"], panel["y"]]))) or "Values"
        if any("low" in one for one in group):
            title += "; in brackets from the lower to the upper end of what is drawn around it"
        if len(kept) < len(places):
            title += f"; {len(kept)} of {len(places):,} places".replace(",", "\N{NARROW NO-BREAK SPACE}")
        heads = [one["label"] or panel["y"] or "value" for one in group]
        rows = [[shown(place), *(cell(one, place) for one in group)] for place in kept]
        yield table(title, [panel["x"] or "place", *heads], rows)


def merged(series):
    """Series of one name become one."""
    found = {}
    for number, one in enumerate(series):
        known = found.setdefault(one["label"] or number, {"label": one["label"]})
        for part in one.keys() - {"label"}:
            known[part] = known.get(part, []) + one[part]
    return list(found.values())


def side_by_side(series):
    """Groups of series for one table each: all if they have few places, else those with the same."""
    if len({x for one in series for x in one["x"]}) <= ROWS:
        return [series] if series else []
    groups = {}
    for one in series:
        groups.setdefault(tuple(one["x"]), []).append(one)
    return list(groups.values())


def cell(series, place):
    """What a series has at a place: a value and its band, a few values, or the median and range of many."""
    at = [i for i, x in enumerate(series["x"]) if x == place]
    values = [value for i in at if (value := series["y"][i]) is not None]
    if len(values) > LISTED:
        return f"{len(values)} values, median {shown(median(values))} ({shown(min(values))} to {shown(max(values))})"
    if len(at) == 1 and "low" in series and series["low"][at[0]] is not None:
        return f"{shown(series['y'][at[0]])} ({shown(series['low'][at[0]])} to {shown(series['high'][at[0]])})"
    return ", ".join(map(shown, sorted(values)))


def values_table(values):
    """What a program found, of a figure that is no plot."""
    rows = [[name, shown(value)] for name, value in values.items() if not isinstance(value, list)]
    return table("Values that the program found", ["name", "value"], rows)


def table(caption, heads, rows):
    """HTML: every column and row has its header."""
    text = html.escape
    head = "".join(f'<th scope="col">{text(name)}</th>' if name else "<td></td>" for name in heads)
    body = "".join(
        f'<tr><th scope="row">{text(first)}</th>{"".join(f"<td>{text(value)}</td>" for value in rest)}</tr>'
        for first, *rest in rows
    )
    return f"<table><caption>{text(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def shown(value):
    """A number to three digits; a name as it is."""
    if value is None:
        return "none"
    if isinstance(value, str):
        return re.sub(r"\s+", " ", value)
    return typographic(f"{value:.0f}" if value == round(value) and abs(value) < 1e6 else f"{value:.3g}")


def csv_file(panels):
    """All that a figure shows, one row a value."""
    file = io.StringIO()
    write = csv.writer(file, lineterminator="\n").writerow
    write(["panel", "series", "x", "y", "low", "high"])
    for number, panel in enumerate(panels, start=1):
        title = panel["title"] or f"panel {number}"
        for one in panel["series"]:
            blank = [None] * len(one["x"])
            for row in zip(one["x"], one["y"], one.get("low", blank), one.get("high", blank)):
                write([title, one["label"], *row])
        if cells := panel["cells"]:
            for name, row in zip(cells["rows"], cells["values"]):
                for column, value in zip(cells["columns"], row):
                    write([title, name, column, value, None, None])
    return file.getvalue()

"""A report: what an examination found, as text, table, figure, HTML and numbers."""

import io
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from gradient_doctor.finding import SITE, Finding
from gradient_doctor.layer import Layer

COLUMNS = {  # measure -> its head in the table
    "gradient_rms": "dL/dW",
    "output_gradient_rms": "dL/dout",
    "update_ratio": "update",
    "std": "std",
    "dead": "dead",
    "saturated": "satur.",
    "cosine": "cosine",
}
WIDTH = 80  # columns of a terminal
CELL = 8  # columns of a number
BEGIN, END = 20, 20  # layers that are shown of a deep model, at either end
STYLE = """
.gradient-doctor { font: 15px/1.5 system-ui, sans-serif; max-width: 60em }
.gradient-doctor table { border-collapse: collapse; font-variant-numeric: tabular-nums }
.gradient-doctor :is(th, td) { padding: .15em .7em; text-align: right }
.gradient-doctor :is(th, td):first-child { text-align: left }
.gradient-doctor tr.accused { font-weight: bold }
.gradient-doctor dd { margin: 0 0 .3em 1.5em }
.gradient-doctor svg { max-width: 100%; height: auto; background: white }
"""
DOCUMENT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<h1>{title}</h1>
{body}
</html>
"""


# --8<-- [start:Report]
@dataclass
class Report:
    """What an examination found.

    layers: in the order of the forward pass.
    findings: most serious first, what follows from another behind it. An
        empty list means that nothing was found, not that all is well.
    notes: what could not be measured, and why.
    looked, not_looked: at what the doctor did look, and at what not.
    step: of training, at which it was made.
    history: (step, Report) of earlier looks at the same training.
    """

    loss: float
    samples: int
    training: bool
    layers: list[Layer]
    findings: list[Finding]
    notes: list[str] = field(default_factory=list)
    looked: list[str] = field(default_factory=list)
    not_looked: list[str] = field(default_factory=list)
    step: int | None = None
    history: list = field(default_factory=list)
    # --8<-- [end:Report]

    def dict(self) -> Mapping[str, Any]:
        """All but the history as numbers, strings and lists, ready for JSON."""
        found = asdict(replace(self, history=[]))
        del found["history"]
        for told, finding in zip(found["findings"], self.findings):
            told["page"] = finding.page
        return found

    def table(self) -> Mapping[str, list]:
        """measure -> a list over layers: `pandas.DataFrame(report.table())`."""
        rows = [asdict(row) for row in self.layers]
        return {name: [row[name] for row in rows] for name in asdict(Layer("", ""))}

    def story(self) -> list[str]:
        """Of each kind found so far, when: first seen, persistent, gone."""
        return [tell_when(kind, looks) for kind, looks in self.looks().items()]

    def looks(self) -> Mapping[str, list[tuple[int, bool]]]:
        """kind -> (step, whether it was found then) of all looks, first seen first."""
        reports = [*self.history, (self.step or 0, self)]
        kinds = {when: {f.kind for f in report.findings} for when, report in reports}
        found = dict.fromkeys(f.kind for _, report in reports for f in report.findings)
        return {
            kind: [(when, kind in kinds[when]) for when, _ in reports] for kind in found
        }

    def __str__(self) -> str:
        blocks = ["\n".join([*write_table(self), wrap_text(self.summary)])]
        blocks += ["\n".join(wrap_text(f"Note: {note}.") for note in self.notes)]
        if self.history:
            blocks += ["\n".join(wrap_text(line, "- ") for line in self.story())]
        for number, finding in enumerate(first_of_each(self.findings), start=1):
            lines = [f"{number}. {name_finding(finding)}"]
            for what, text in explain_finding(finding, self.findings):
                lines.append(wrap_text(f"{what}{text}", "   "))
            blocks.append("\n".join(lines))
        if not self.findings:
            blocks.append(wrap_text(" ".join(["Nothing found.", *self.scope])))
        return "\n\n".join(filter(None, blocks))

    __repr__ = __str__

    @property
    def summary(self) -> str:
        """On what the table rests."""
        when = "" if self.step is None else f", step {self.step}"
        flag = f"{self.samples} samples, training={self.training}"
        return f"RMS of gradients; {flag}{when}, loss {self.loss:.4g}"

    @property
    def scope(self) -> list[str]:
        """At what the doctor looked, and at what not: a sentence each."""
        seen = [f"Looked at: {'; '.join(self.looked)}."] if self.looked else []
        missed = self.not_looked
        return seen + ([f"Not looked at: {'; '.join(missed)}."] if missed else [])

    def _repr_html_(self) -> str:
        return write_html(self)

    def save(self, path: str | Path) -> None:
        """Keep the report as one HTML file, with its figure where Matplotlib is."""
        title = "The gradient doctor's report"
        body = write_html(self, draw_svg(self))
        text = DOCUMENT.format(title=title, body=body)
        Path(path).write_text(text, "utf-8")

    def plot(self) -> Any:
        """A figure: gradients by layer on a log axis.

        After several examinations, over time as a heat map too.
        """
        import matplotlib.pyplot as plt

        names = [row.name for row in self.layers if row.parameters]
        panels = 2 if self.history else 1
        figure = plt.figure(figsize=(7, 3.6 * panels), layout="constrained")
        axes = figure.subplots(panels, 1, squeeze=False)
        draw_gradients(axes[0, 0], self, names)
        if self.history:
            draw_history(axes[1, 0], self, names)
        return figure


def tell_when(kind: str, looks: list[tuple[int, bool]]) -> str:
    """One finding's story.

    looks: (step, whether it was found then), it was at least once.
    """
    steps = [step for step, found in looks if found]
    if len(steps) == len(looks):
        return f"{kind}: in each of {len(looks)} looks"
    if looks[-1][1]:
        since = [found for step, found in looks if step >= steps[0]]
        how = "at each look since" if all(since) else "again now"
        return f"{kind}: first seen at step {steps[0]}, {how}"
    gone = next(step for step, _ in looks if step > steps[-1])
    seen = f"step {steps[0]}" if len(steps) == 1 else f"steps {steps[0]} to {steps[-1]}"
    return f"{kind}: seen at {seen}, gone at step {gone}"


def first_of_each(findings: list[Finding]) -> list[Finding]:
    """The first finding of each kind."""
    found: dict[str, Finding] = {}
    for finding in findings:
        found.setdefault(finding.kind, finding)
    return list(found.values())


def name_finding(finding: Finding) -> str:
    """What was found, and where."""
    return f"{finding.kind}: {finding.where} ({finding.certainty})"


def explain_finding(
    finding: Finding, findings: list[Finding]
) -> Iterator[tuple[str, str]]:
    """(what it is, text) of all that is said of a finding and of others of its kind."""
    yield "", f"{finding.says[:1].upper()}{finding.says[1:]}."
    yield "Cause: ", finding.cause
    yield "Change: ", finding.change
    others = [f.where for f in findings if f.kind == finding.kind][1:]
    if others:
        more = f" and {len(others) - 3} more" if len(others) > 4 else ""
        yield "Also in: ", ", ".join(others[: 3 if more else 4]) + more
    if finding.effects:
        yield "From it follow: ", ", ".join(finding.effects)
    yield "Read: " if SITE else "Means: ", finding.page


def wrap_text(text: str, indent: str = "") -> str:
    """Lines of a terminal; an address stays whole."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=" " * max(len(indent), 2),
        break_long_words=False,
        break_on_hyphens=False,
    )


def choose_rows(report: Report) -> list[Layer]:
    """The layers that a table shows: with weights, or accused."""
    accused = {finding.layer for finding in report.findings}
    return [row for row in report.layers if row.parameters or row.name in accused]


def write_table(report: Report) -> list[str]:
    """The measures, a line for each layer; of a deep model's those at both ends."""
    space = WIDTH - CELL * len(COLUMNS)
    heads = "".join(f"{head:>{CELL}}" for head in COLUMNS.values())
    lines = [f"{'layer':{space}}{heads}"]
    for row in choose_rows(report):
        name = row.name if len(row.name) < space else f"…{row.name[2 - space :]}"
        cells = (format_measure(key, getattr(row, key)) for key in COLUMNS)
        lines.append(f"{name:{space}}" + "".join(f"{cell:>{CELL}}" for cell in cells))
    if (left := len(lines) - 1 - BEGIN - END) > 1:
        lines[1 + BEGIN : -END] = [f"… {left} more layers, all in report.layers …"]
    return lines


def format_measure(measure: str, value: float | None) -> str:
    """A number in at most seven characters."""
    if value is None:
        return "–"
    if measure == "cosine":
        return f"{value:.{5 if value >= 0 else 4}f}"
    if value == 0 or 0.01 <= abs(value) < 100:
        return f"{value:.3f}"
    text = f"{value:.1e}"
    return text if len(text) < CELL else f"{value:.0e}"


def write_html(report: Report, figure: str = "") -> str:
    """The report as HTML to stand in a page, without scripts.

    figure: SVG to stand behind what was found.
    """
    parts = [f'<div class="gradient-doctor"><style>{STYLE}</style>']
    findings = first_of_each(report.findings)
    for finding in findings:
        parts.append(f"<h3>{escape(name_finding(finding))}</h3><dl>")
        for what, text in explain_finding(finding, report.findings):
            term = f"<dt>{escape(what.rstrip(': '))}</dt>" if what else ""
            parts.append(f"{term}<dd>{link_address(text)}</dd>")
        parts.append("</dl>")
    if not findings:
        parts.append(f"<p>{escape(' '.join(['Nothing found.', *report.scope]))}</p>")
    if report.history:
        parts.append(write_items(report.story()))
    parts += [figure, f"<p>{escape(report.summary)}</p>", *write_rows(report)]
    parts += [write_items(report.notes) if report.notes else "", "</div>"]
    return "\n".join(parts)


def write_items(lines: list[str]) -> str:
    """A list in HTML."""
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"


def write_rows(report: Report) -> Iterator[str]:
    """The table in HTML, with every layer that it shows."""
    accused = {finding.layer for finding in report.findings}
    heads = "".join(f"<th>{head}</th>" for head in ("layer", *COLUMNS.values()))
    yield f"<table><tr>{heads}</tr>"
    for row in choose_rows(report):
        mark = ' class="accused"' if row.name in accused else ""
        cells = [row.name]
        cells += [format_measure(key, getattr(row, key)) for key in COLUMNS]
        line = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        yield f"<tr{mark}>{line}</tr>"
    yield "</table>"


def link_address(text: str) -> str:
    """Text in HTML, linked if it is an address."""
    safe = escape(text)
    is_address = text.startswith(("https://", "http://"))
    return f'<a href="{safe}">{safe}</a>' if is_address else safe


def draw_svg(report: Report) -> str:
    """The figure as SVG that may stand in HTML; without Matplotlib nothing."""
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        return ""
    figure, drawing = report.plot(), io.StringIO()
    figure.savefig(drawing, format="svg", metadata={"Date": None})
    plt.close(figure)
    text = drawing.getvalue()
    return text[text.index("<svg ") :]


def collect_measure(report: Report, names: list[str], measure: str) -> np.ndarray:
    """A measure of the layers of those names; NaN in place of none and of zero."""
    found = {row.name: getattr(row, measure) for row in report.layers}
    return np.array([found.get(name) or np.nan for name in names], "float64")


def choose_ticks(names: list[str]) -> np.ndarray:
    """Places of at most 24 names on an axis."""
    return np.arange(0, len(names), max(1, -(-len(names) // 24)))


def draw_gradients(ax: Any, report: Report, names: list[str]) -> None:
    """Draw two lines: gradients by layer."""
    lines = {
        "output_gradient_rms": ("o-", "dL/d(output)"),
        "gradient_rms": ("s--", "dL/dW"),
    }
    for measure, (style, label) in lines.items():
        ax.plot(collect_measure(report, names, measure), style, label=label)
    ax.set(yscale="log", ylabel="RMS; a zero is left out")
    ax.legend()
    ticks = choose_ticks(names)
    ax.set_xticks(ticks, [names[i] for i in ticks], rotation=90, fontsize=8)


def draw_history(ax: Any, report: Report, names: list[str]) -> None:
    """Draw a heat map: dL/d(output) by layer and look."""
    reports = [*(earlier for _, earlier in report.history), report]
    rows = [collect_measure(each, names, "output_gradient_rms") for each in reports]
    grid = np.log10(rows).T
    image = ax.imshow(grid, aspect="auto", interpolation="none", cmap="cividis")
    ticks = choose_ticks(names)
    ax.set_yticks(ticks, [names[i] for i in ticks], fontsize=8)
    ax.set(xlabel=f"look, from step {report.history[0][0]} on")
    ax.grid(False)
    ax.figure.colorbar(image, label="log10 of the RMS of dL/d(output)")

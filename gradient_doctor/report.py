"""What an examination found, for a terminal, a notebook, a table and a figure."""

import textwrap
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from gradient_doctor.finding import Finding
from gradient_doctor.record import Layer


# --8<-- [start:Report]
@dataclass
class Report:
    """What an examination found.

    layers: in the order of the forward pass.
    findings: most serious first.
    notes: what could not be measured, and why. looked, not_looked: what was
        judged and what was not.
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
    history: list = field(default_factory=list)
    # --8<-- [end:Report]

    def dict(self) -> dict[str, Any]:
        """All but the history as numbers, strings and lists, ready for JSON."""
        found = asdict(replace(self, history=[]))
        return {key: value for key, value in found.items() if key != "history"}

    def __str__(self) -> str:
        columns = (
            "gradient_rms",
            "output_gradient_rms",
            "update_ratio",
            "std",
            "dead",
            "saturated",
            "cosine",
        )
        heads = (
            "dL/dW",
            "dL/dout",
            "update",
            "std",
            "dead",
            "satur.",
            "cosine",
        )
        lines = [f"{'layer':16}" + "".join(f"{head:>8}" for head in heads)]
        accused = {finding.layer for finding in self.findings}
        for row in self.layers:
            if row.parameters or row.name in accused:
                name = row.name if len(row.name) <= 16 else f"…{row.name[-15:]}"
                lines.append(
                    f"{name:16}"
                    + "".join(f"{short(key, getattr(row, key)):>8}" for key in columns)
                )
        if len(lines) > 42:
            lines[21:-20] = [f"… {len(lines) - 41} more layers, all in report.layers …"]
        lines.append(
            f"RMS of gradients; {self.samples} samples, "
            f"training={self.training}, loss {self.loss:.4g}"
        )
        words = [f"Note: {note}." for note in self.notes]
        for kind in dict.fromkeys(finding.kind for finding in self.findings):
            first, *more = (
                finding for finding in self.findings if finding.kind == kind
            )
            words.append(f"- {first}" + (f" (and {len(more)} more)" if more else ""))
        words += [] if self.findings else ["Nothing found by these measures."]
        wrap = partial(
            textwrap.fill,
            width=72,
            subsequent_indent="  ",
            break_on_hyphens=False,
        )
        return "\n".join(lines + [wrap(text) for text in words])

    __repr__ = __str__

    def plot(self) -> Any:
        """A figure: gradients by layer on a log axis.

        After several examinations, over time as a heat map too.
        """
        import matplotlib.pyplot as plt

        def values(report, key):
            rows = {row.name: getattr(row, key) or np.nan for row in report.layers}
            return np.array([rows.get(name, np.nan) for name in names], "float64")

        names = [row.name for row in self.layers if row.parameters]
        panels = 2 if self.history else 1
        fig, axes = plt.subplots(
            panels,
            1,
            figsize=(7, 3.6 * panels),
            squeeze=False,
            layout="constrained",
        )
        for key, style, label in (
            ("output_gradient_rms", "o-", "dL/d(output)"),
            ("gradient_rms", "s--", "dL/dW"),
        ):
            axes[0, 0].plot(values(self, key), style, label=label)
        axes[0, 0].set(yscale="log", ylabel="RMS; a zero is left out")
        axes[0, 0].legend()
        ticks = np.arange(0, len(names), -(-len(names) // 24))
        axes[0, 0].set_xticks(ticks, [names[i] for i in ticks], rotation=90, fontsize=8)
        if self.history:
            grid = [
                values(report, "output_gradient_rms")
                for report in [*(r for _, r in self.history), self]
            ]
            image = axes[1, 0].imshow(
                np.log10(grid).T,
                aspect="auto",
                interpolation="none",
                cmap="cividis",
            )
            axes[1, 0].set_yticks(ticks, [names[i] for i in ticks], fontsize=8)
            axes[1, 0].set(xlabel=f"examination, from step {self.history[0][0]} on")
            axes[1, 0].grid(False)
            fig.colorbar(image, label="log10 of the RMS of dL/d(output)")
        return fig


def short(measure: str, value: float | None) -> str:
    """A number in at most seven characters."""
    if value is None:
        return "–"
    if measure == "cosine":
        return f"{value:.{5 if value >= 0 else 4}f}"
    return f"{value:.3f}" if value == 0 or 0.01 <= abs(value) < 100 else f"{value:.1e}"

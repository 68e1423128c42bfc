"""How is the spread over seeds drawn?"""

import numpy as np


def draw_band(ax, x, values, style, label=None):
    """The median as a line; from smallest to largest as a band.

    values: (members, x).
    """
    (line,) = ax.plot(x, np.median(values, axis=0), style, label=label)
    low, high = np.min(values, axis=0), np.max(values, axis=0)
    ax.fill_between(x, low, high, color=line.get_color(), alpha=0.3, lw=0)

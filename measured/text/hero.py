"""The home page's drawing: a gradient that fades backward through the layers, from what a figure's program measured."""

import html
import math

from measured.text.figures import shown

STEP, BAR, HEIGHT, LEFT = 46, 30, 74, 92  # of the drawing's units, which are about pixels
CAPTION = (
    "Measured: the share of the last layer's gradient dL/dz that reaches each layer. A bar's light is its logarithm."
)
FAINTEST = 1e-6  # what is drawn as no light at all


def hero(panel):
    """Inline SVG without script: one lane a network, one bar a layer, as bright as the logarithm of its share.

    panel: of a figure with dL/dz by layer, one series a network. The share is of the last layer's.
    """
    lanes = [(one["label"], [y / one["y"][-1] for y in one["y"]]) for one in panel["series"]]
    layers = len(lanes[0][1])
    width, height = LEFT + layers * STEP + 8, len(lanes) * (HEIGHT + 46) + 22
    said = "; ".join(f"{name}: {shown(float(f'{shares[0]:.1g}'))}" for name, shares in lanes)
    label = f"How much of the last layer's gradient reaches layer 1 of {layers}: {said}. Bars fade from right to left."
    parts = [lane(name, shares, number) for number, (name, shares) in enumerate(lanes)]
    foot = (
        f'<text class="small" x="{LEFT}" y="{height - 6}">layer 1, by the input</text>'
        f'<text class="small" x="{width - 8}" y="{height - 6}" text-anchor="end">← the error starts here</text>'
    )
    return (
        f'<div class="hero"><svg viewBox="0 0 {width} {height}" role="img" aria-label="{html.escape(label)}">'
        f"{''.join(parts)}{foot}</svg><p>{CAPTION}</p></div>"
    )


def lane(name, shares, number):
    top = number * (HEIGHT + 46) + 20
    bars = []
    for layer, share in enumerate(shares):
        light = min(max(1 - math.log10(min(share, 1)) / math.log10(FAINTEST), 0), 1)
        x, wait = LEFT + layer * STEP, len(shares) - 1 - layer
        place = f'x="{x}" y="{top}" width="{BAR}" height="{HEIGHT}" rx="6"'
        bars.append(f'<rect class="layer" {place}/><rect class="light" {place} style="--l:{light:.3f};--w:{wait}"/>')
        if layer in (0, len(shares) // 2, len(shares) - 1):
            text = f'<text class="small" x="{x + BAR / 2}" y="{top + HEIGHT + 16}" text-anchor="middle">'
            bars.append(f"{text}{shown(float(f'{share:.1g}'))}</text>")
    title = (
        f'<text class="name" x="{LEFT - 14}" y="{top + HEIGHT / 2 + 5}" text-anchor="end">{html.escape(name)}</text>'
    )
    return title + "".join(bars)

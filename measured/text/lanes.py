"""A drawing for a page's start: what fades along the layers, from a figure's data."""

import math
from xml.etree.ElementTree import Element

from measured.text.figures import build, shown

STEP, BAR, HEIGHT, LEFT = 46, 30, 74, 92  # about pixels
FAINTEST = 1e-6  # what is drawn as no light at all


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
    label, first, last = words
    shares = "; ".join(f"{name}: {rough(found[0])}" for name, found in lanes.items())
    label = label.replace("{layers}", str(layers)).replace("{shares}", shares)
    view = {"viewBox": f"0 0 {width} {height}", "role": "img", "aria-label": label}
    drawing = Element("svg", view)
    for number, (name, found) in enumerate(lanes.items()):
        drawing.extend(draw_lane(name, found, number))
    drawing.append(write(first, LEFT, height - 6))
    drawing.append(write(last, width - 8, height - 6, "end"))
    return drawing


def draw_lane(name: str, shares: list[float], number: int) -> list[Element]:
    """The lane's name and bars; three of them have their share below."""
    top, last = number * (HEIGHT + 46) + 20, len(shares) - 1
    parts = [write(name, LEFT - 14, top + HEIGHT / 2 + 5, "end", "name")]
    for layer, share in enumerate(shares):
        light = min(max(1 - math.log10(min(share, 1)) / math.log10(FAINTEST), 0), 1)
        x, style = LEFT + layer * STEP, f"--l:{light:.3f};--w:{last - layer}"
        place = {
            "x": f"{x}",
            "y": f"{top}",
            "width": f"{BAR}",
            "height": f"{HEIGHT}",
            "rx": "6",
        }
        parts.append(build("rect", {"class": "layer", **place}))
        parts.append(build("rect", {"class": "light", **place, "style": style}))
        if layer in (0, len(shares) // 2, last):
            parts.append(write(rough(share), x + BAR / 2, top + HEIGHT + 16, "middle"))
    return parts


def write(
    text: str, x: float, y: float, anchor: str = "", size: str = "small"
) -> Element:
    """Text at a place of the drawing."""
    ends = {"text-anchor": anchor} if anchor else {}
    return build("text", {"class": size, "x": f"{x}", "y": f"{y}", **ends}, text)


def rough(share: float) -> str:
    """A share to one digit."""
    return shown(float(f"{share:.1g}"))

"""The image that is shown where a page is shared: its title and what it is about, over a gradient that vanishes."""

import io
from functools import cache
from textwrap import wrap

from PIL import Image, ImageDraw, ImageFont

SIZE = (1200, 630)  # pixels
MARGIN = 80
GROUND, INK, QUIET, ACCENT = "#12263a", "#eef3f8", "#b9c7d6", (124, 196, 248)
LAYERS = 10


def card(title, description, site_name, font):
    """The card as PNG. font: path of the text's variable font."""
    image = Image.new("RGB", SIZE, GROUND)
    draw = ImageDraw.Draw(image)
    y = text(draw, title, face(font, 72, 700), 30, MARGIN, INK)
    text(draw, description, face(font, 36, 400), 58, y + 28, QUIET, lines=4)
    width = (SIZE[0] - 2 * MARGIN) / LAYERS
    for layer in range(LAYERS):  # from the input, left, to the output: each half of the next
        share = 0.5 ** (LAYERS - 1 - layer)
        color = tuple(round(g + (a - g) * max(share, 0.02)) for a, g in zip(ACCENT, (18, 38, 58)))
        left = MARGIN + layer * width
        draw.rectangle((left, SIZE[1] - 136, left + width - 10, SIZE[1] - 112), fill=color)
    draw.text((MARGIN, SIZE[1] - 84), site_name, font=face(font, 30, 400), fill=QUIET)
    written = io.BytesIO()
    image.quantize(64).save(written, "PNG", optimize=True)
    return written.getvalue()


def text(draw, words, font, columns, y, color, lines=3):
    """Write the words from y on, at most so many lines; the y below them."""
    rows = wrap(words, columns)
    if len(rows) > lines:
        rows = [*rows[: lines - 1], f"{rows[lines - 1].rstrip('.,;:')} …"]
    for row in rows:
        draw.text((MARGIN, y), row, font=font, fill=color)
        y += round(font.size * 1.2)
    return y


@cache
def face(path, size, weight):
    font = ImageFont.truetype(path, size)
    font.set_variation_by_axes([weight])
    return font

"""The image that is shown where a page is shared: its words over a gradient."""

import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from textwrap import wrap

from PIL import Image, ImageDraw, ImageFont

SIZE = (1200, 630)  # pixels
MARGIN = 80
INK, QUIET = "#eef3f8", "#b9c7d6"
GROUND, ACCENT = (18, 38, 58), (124, 196, 248)
LAYERS = 10


def add_cards(
    folder: Path, cards: Mapping[str, tuple[str, str, str]], font: str
) -> None:
    """Draw each image of a site. cards: address -> title, description, site's name."""
    for image, words in cards.items():
        (folder / image).parent.mkdir(parents=True, exist_ok=True)
        (folder / image).write_bytes(draw_card(*words, font))


def draw_card(title: str, description: str, site_name: str, font: str) -> bytes:
    """The card as PNG. font: path of the text's variable font."""
    image = Image.new("RGB", SIZE, GROUND)
    draw = ImageDraw.Draw(image)
    y = write(draw, title, load_font(font, 72, 700), 30, MARGIN, INK)
    write(draw, description, load_font(font, 36, 400), 58, y + 28, QUIET, lines=4)
    width = (SIZE[0] - 2 * MARGIN) / LAYERS
    for layer in range(LAYERS):  # from the input, left: each half of the next
        share = max(0.5 ** (LAYERS - 1 - layer), 0.02)
        color = tuple(round(g + (a - g) * share) for a, g in zip(ACCENT, GROUND))
        left = MARGIN + layer * width
        draw.rectangle(
            (left, SIZE[1] - 136, left + width - 10, SIZE[1] - 112), fill=color
        )
    name = load_font(font, 30, 400)
    draw.text((MARGIN, SIZE[1] - 84), site_name, font=name, fill=QUIET)
    written = io.BytesIO()
    image.quantize(64).save(written, "PNG", optimize=True)
    return written.getvalue()


def write(
    draw: ImageDraw.ImageDraw,
    words: str,
    font: ImageFont.FreeTypeFont,
    columns: int,
    y: int,
    color: str,
    lines: int = 3,
) -> int:
    """Write the words from y on, at most so many lines; the y below them."""
    rows = wrap(words, columns)
    if len(rows) > lines:
        rows = [*rows[: lines - 1], f"{rows[lines - 1].rstrip('.,;:')} …"]
    for row in rows:
        draw.text((MARGIN, y), row, font=font, fill=color)
        y += round(font.size * 1.2)
    return y


@cache
def load_font(path: str, size: int, weight: int) -> ImageFont.FreeTypeFont:
    """A variable font at one weight."""
    font = ImageFont.truetype(path, size)
    font.set_variation_by_axes([weight])
    return font

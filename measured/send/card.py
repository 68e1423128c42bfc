"""The image that is shown where a page is shared: its words over a gradient."""

from io import BytesIO
from textwrap import wrap

from PIL import Image, ImageDraw, ImageFont

SIZE = (1200, 630)  # pixels
MARGIN = 80
INK, QUIET = "#eef3f8", "#b9c7d6"
GROUND, ACCENT = (18, 38, 58), (124, 196, 248)
LAYERS = 10


def draw_card(title: str, description: str, site_name: str, font: str) -> bytes:
    """The card as PNG. font: path of the text's variable font."""
    image = Image.new("RGB", SIZE, GROUND)
    draw = ImageDraw.Draw(image)
    bold, medium, small = (
        load_font(font, *kind) for kind in ((72, 700), (36, 400), (30, 400))
    )
    y = draw_rows(
        draw, MARGIN, wrap(title, 30, max_lines=3, placeholder=" …"), bold, INK
    )
    rows = wrap(description, 58, max_lines=4, placeholder=" …")
    draw_rows(draw, y + 28, rows, medium, QUIET)
    draw_rows(draw, SIZE[1] - 84, [site_name], small, QUIET)
    width = (SIZE[0] - 2 * MARGIN) / LAYERS
    for layer in range(LAYERS):  # from the input, left: each half of the next
        share = max(0.5 ** (LAYERS - 1 - layer), 0.02)
        color = tuple(round(g + (a - g) * share) for a, g in zip(ACCENT, GROUND))
        left = MARGIN + layer * width
        place = (left, SIZE[1] - 136, left + width - 10, SIZE[1] - 112)
        draw.rectangle(place, fill=color)
    image.quantize(64).save(written := BytesIO(), "PNG", optimize=True)
    return written.getvalue()


def load_font(path: str, size: int, weight: int) -> ImageFont.FreeTypeFont:
    """A variable font at one weight."""
    font = ImageFont.truetype(path, size)
    font.set_variation_by_axes([weight])
    return font


def draw_rows(
    draw: ImageDraw.ImageDraw,
    y: int,
    rows: list[str],
    font: ImageFont.FreeTypeFont,
    color: str,
) -> int:
    """Write the rows from y on; the y below them."""
    for row in rows:
        draw.text((MARGIN, y), row, font=font, fill=color)
        y += round(font.size * 1.2)
    return y

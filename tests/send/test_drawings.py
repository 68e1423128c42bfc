"""Drawings get shorter and stay what they are."""

from base64 import b64decode, b64encode
from io import BytesIO
from xml.dom.minidom import parseString

import numpy as np
import pytest
from PIL import Image

from measured.send.drawings import PICTURE, index_colors, shorten_drawing

SVG = """<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/x.dtd">
<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="90pt" height="90pt"
 viewBox="0 0 90 90" xmlns="http://www.w3.org/2000/svg" version="1.1">
<style>:root{color:#1f2328}</style><!-- note -->
<metadata>made</metadata>
<defs>
<path id="Letter-61" d="M 640 6400 L 1280 64 z" transform="scale(0.015625)"/>
</defs>
<defs><path id="mark" d="M 0 0 L 0 3.512345"/></defs>
<path d="M 10.123456 20.987654 L 30.5 40.25" stroke="currentColor"/>
<use xlink:href="#mark" x="11.119" y="22.26"/>
<use xlink:href="#Letter-61"/>
<use xlink:href="#Letter-61" transform="translate(63.623047 0)"/>
<use xlink:href="#Letter-61" transform="translate(63.6 38.3) scale(0.7)"/>
<use xlink:href="#Letter-61" transform="translate(70.1 0) scale(0.7)"/>
</svg>"""


def test_lines_and_marks_are_rounded_to_a_tenth_of_a_point():
    drawing = shorten_drawing(SVG.encode()).decode()
    assert "m10.1 21 20.4 19.2" in drawing.replace("0-", "0 -")
    assert 'x="11.1"' in drawing and 'y="22.3"' in drawing


def test_what_is_turned_or_stretched_keeps_its_digits():
    turned = '<path d="M 1.234567 2 L 3 4" transform="rotate(30)" stroke="red"/>'
    drawing = shorten_drawing(
        SVG.replace("</svg>", f"{turned}</svg>").encode()
    ).decode()
    assert "m1.235 2" in drawing


def test_letters_are_drawn_in_hundredths_of_an_em_at_places_of_the_same():
    drawing = shorten_drawing(SVG.encode()).decode()
    assert "m10 100 10-99" in drawing and ".0156" not in drawing
    assert 'x="64"' in drawing and drawing.count("scale(.7)") == 2


def test_a_drawing_stays_well_formed_shorter_and_in_the_colors_of_its_page():
    drawing = shorten_drawing(SVG.encode())
    root = parseString(drawing).documentElement
    assert len(drawing) < len(SVG) * 0.7 and root.getAttribute("viewBox") == "0 0 90 90"
    assert b":root{color:#1f2328}" in drawing and b"currentColor" in drawing
    gone = (b"DOCTYPE", b"metadata", b"note", b"xlink", b"Letter-61")
    assert not [word for word in gone if word in drawing]


def pixels(address):
    data = b64decode(address.partition(",")[2])
    return np.asarray(Image.open(BytesIO(data)).convert("RGBA"))


def picture(colors):
    palette = np.random.default_rng(0).integers(0, 256, (colors, 4), np.uint8)
    written = BytesIO()
    image = Image.fromarray(palette[np.arange(4000) % colors].reshape(50, 80, 4))
    image.save(written, "png")
    return PICTURE + b64encode(written.getvalue()).decode()


@pytest.mark.parametrize("colors", [200, 2000])
def test_a_picture_in_a_drawing_keeps_every_pixel_and_grows_no_longer(colors):
    address = picture(colors)
    shorter = index_colors(address)
    assert np.array_equal(pixels(shorter), pixels(address))
    assert len(shorter) < len(address) if colors <= 256 else shorter == address


def test_a_picture_that_would_grow_stays_as_it_is():
    written = BytesIO()
    Image.new("RGBA", (1, 1), "red").save(written, "png", optimize=True)
    address = PICTURE + b64encode(written.getvalue()).decode()
    assert index_colors(address) == address


def test_the_picture_within_a_drawing_is_the_one_that_is_made_shorter():
    whole = picture(200)
    image = f'<image width="80" height="50" xlink:href="{whole}"/>'
    drawing = shorten_drawing(SVG.replace("</svg>", f"{image}</svg>").encode()).decode()
    assert index_colors(whole) in drawing

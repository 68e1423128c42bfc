"""The image that is shown where a page is shared."""

from io import BytesIO

from PIL import Image

from measured.send.card import SIZE, draw_card
from tests.conftest import ROOT

FONT = str(ROOT / "docs/assets/fonts/source-sans-3-latin-wght-normal.woff2")


def test_the_card_shows_the_page_s_words_and_long_ones_end_in_time():
    one, other, long = (
        draw_card(words, "About " * n, "Site", FONT)
        for words, n in (("A", 2), ("B", 2), ("word " * 60, 99))
    )
    assert len({one, other, long}) == 3
    assert all(len(image) < 40_000 for image in (one, other, long))
    assert Image.open(BytesIO(one)).size == SIZE
    assert draw_card("A", "About " * 2, "Site", FONT) == one

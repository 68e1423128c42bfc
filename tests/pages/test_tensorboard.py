"""What TensorBoard shows of a training that the gradient doctor watches."""

import re

import numpy as np
import pytest
from tensorboard.program import TensorBoard

from gradient_doctor import GradientDoctor
from snippets.gradient_doctor_patients import DIGITS, LABELS, chain, dense
from tests.conftest import ROOT


@pytest.mark.filterwarnings("ignore:the gradient doctor")
def test_tensorboard_draws_a_curve_for_each_layer(new_page, tmp_path):
    """What it shows is kept in .cache/tensorboard.png to look at."""
    model = chain((64,), *dense(10, "sigmoid"))
    watch = GradientDoctor(DIGITS, LABELS, budget=np.inf, log_dir=str(tmp_path))
    model.fit(DIGITS, LABELS, epochs=3, batch_size=64, verbose=0, callbacks=[watch])
    board = TensorBoard()
    board.configure(
        argv=["", "--logdir", str(tmp_path), "--port", "0", "--load_fast", "false"]
    )
    address = board.launch().replace("localhost", "127.0.0.1")
    page = new_page()
    page.goto(f"{address}#timeseries")
    page.get_by_role("combobox", name="Filter tags (regex)").fill("output_gradient_rms")
    page.get_by_text("Settings").last.click()  # closes the list of suggestions
    title = re.compile(r"output_gradient_rms\s*/")
    drawn = page.locator("line-chart")
    cards = page.locator("scalar-card", has_text=title).filter(has=drawn)
    cards.nth(3).wait_for()
    titles = {"".join(text.split("\n")[:2]) for text in cards.all_inner_texts()}
    page.screenshot(path=ROOT / ".cache" / "tensorboard.png")
    names = {f"output_gradient_rms/{row.name}" for row in watch.report.layers}
    drawn = {name for name in names if any(title.startswith(name) for title in titles)}
    assert len(drawn) >= 4, titles

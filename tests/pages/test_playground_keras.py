""" "The same in Keras" is the same: each program starts from the playground's gradients
and trains as it does."""

import subprocess
import sys

import numpy as np
import pytest

from tests.pages.test_playground import Visit

STEPS = 10
FEWER = {
    "fifty layers": 2
    # rounding grows fast through fifty ReLU layers: 4 % of the loss in ten steps
}
SHOWN = {
    "the first network": "",
    "ReLU": "?activation=relu",
    "Glorot": "?initializer=glorot",
    "batch normalization": "?normalization=batch",
    "skips": "?skip=plain",
    "fifty layers": "?try=fifty&compare=no",
    "dead units": "?try=dead&compare=no&rate=0.01",
    "leaky, scaled skips, layer": (
        "?activation=leaky&alpha=0.2&skip=scaled&normalization=layer&optimizer=momentum"
    ),
    "circles, N(0, s), SGD": (
        "?data=circles&initializer=normal&spread=0.4&activation=tanh&optimizer=sgd"
        "&depth=4"
    ),
    "XOR, LeCun, SELU": "?data=xor&initializer=lecun&activation=selu&seed=9999",
    "spiral, orthogonal, GELU": (
        "?data=spiral&initializer=orthogonal&activation=gelu&width=20&batch=50"
    ),
    "digits, He, SiLU": (
        "?data=digits&initializer=he&activation=silu&depth=4&width=24&seed=0"
    ),
    "digits, ELU, large batch": (
        "?data=digits&batch=256&initializer=orthogonal&activation=elu&depth=2&width=64"
    ),
}


@pytest.fixture(scope="module")
def page(browser, serve, site):
    visit = Visit(browser.new_page(), serve(site))
    yield visit
    visit.page.close()


# Rounding alone tells them apart: at most 2e-6 for the gradients and 3e-5 for the
# losses was seen.
@pytest.mark.parametrize("shown", SHOWN)
def test_the_program_has_the_gradients_on_show_and_the_loss_after_some_steps(
    page, shown
):
    page.open(SHOWN[shown])
    source = page.page.locator(".pg-more code").text_content()
    (start,) = page.numbers()
    steps = FEWER.get(shown, STEPS)
    page.steps(steps)
    (end,) = page.numbers()
    assert "\nSTEPS = 100\n" in source
    assert max(map(len, source.splitlines())) <= 80
    names = {}
    exec(
        compile(source.replace("STEPS = 100", f"STEPS = {steps}"), shown, "exec"), names
    )
    np.testing.assert_allclose(names["by_z"], start[0], rtol=1e-5)
    np.testing.assert_allclose(names["by_kernel"], start[1], rtol=1e-5)
    np.testing.assert_allclose(float(names["loss"]), end[2], rtol=1e-4)


def test_the_program_of_each_network_can_be_seen_and_downloaded_and_runs_alone(
    page, tmp_path
):
    page.open("?try=relu")
    page.page.get_by_text("The same in Keras", exact=True).click()
    code = page.page.locator(".pg-more code")
    assert 'Activation("sigmoid")' in code.text_content()
    page.page.locator(".pg-more").get_by_role("button", name="Network B").click()
    with page.page.expect_download() as waiting:
        page.click("Download")
    waiting.value.save_as(tmp_path / "playground.py")
    source = (tmp_path / "playground.py").read_text()
    assert source == code.text_content() and 'Activation("relu")' in source
    done = subprocess.run(
        [sys.executable, "playground.py"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert (
        len(lines) == 12
        and lines[0].startswith("layer  1  dL/dW ")
        and lines[-1].startswith("loss of batch 100: ")
    )

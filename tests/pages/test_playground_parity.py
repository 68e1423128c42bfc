"""The playground's engine is Keras to rounding: its first gradients, its weights later.

Keras 3 makes the fixtures, in float32 and in float64, once for each content of this
file; they stay in the cache. A case may differ by 1e-5, or by ten times what Keras' own
float32 differs from its float64, where that is more; what each case was allowed, and
what it took, is kept beside the fixtures in `parity.json`.
"""

import hashlib
import json
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from filelock import FileLock

from tests.conftest import ROOT

CACHE = ROOT / ".cache" / "playground"
PLAYGROUND = ROOT / "docs" / "assets" / "playground"
STEPS, TOLERANCE = 10, 1e-5
KINKED, CLEAR = (
    {"relu", "leaky", "selu"},
    5e-7,
)  # how far from zero, where slopes jump, every z of a case is kept
BASE = {
    "inputs": 2,
    "outputs": 1,
    "depth": 5,
    "width": 8,
    "activation": "sigmoid",
    "alpha": 0.1,
    "initializer": "glorot",
    "spread": 0.05,
    "normalization": "none",
    "skip": 0,
    "optimizer": "sgd",
    "rate": 0.1,
    "batch": 32,
    "seed": 0,
}
TEN = {"depth": 10, "width": 16, "batch": 64}
CASES = {
    "the default": TEN | {"initializer": "uniform", "optimizer": "adam", "rate": 0.01},
    **{
        name: {"activation": name}
        for name in ("sigmoid", "tanh", "relu", "elu", "gelu", "selu", "silu")
    },
    "leaky 0.01": {"activation": "leaky", "alpha": 0.01},
    "leaky 0.3": {"activation": "leaky", "alpha": 0.3},
    **{
        f"tanh, {rule}": {"activation": "tanh", "initializer": rule}
        for rule in ("normal", "uniform", "he", "lecun")
    },
    "tanh, orthogonal": {"activation": "tanh", "initializer": "orthogonal"},
    "normal of a large spread": {
        "activation": "tanh",
        "initializer": "normal",
        "spread": 1.0,
    },
    "momentum": {"activation": "tanh", "optimizer": "momentum", "rate": 0.05},
    "Adam": {"activation": "tanh", "optimizer": "adam", "rate": 0.01},
    "a high rate": {"activation": "tanh", "rate": 1.0},
    "batch normalization": {"normalization": "batch"},
    "layer normalization": {"normalization": "layer"},
    "skips": {"skip": 1},
    "scaled skips": {"skip": 0.2**0.5},
    "digits' shape": {
        "inputs": 64,
        "outputs": 10,
        "activation": "relu",
        "initializer": "he",
    },
    "one layer": {"depth": 1},
    "one layer with skips asked": {"depth": 1, "skip": 1, "normalization": "batch"},
    "two units": {"width": 2, "activation": "tanh"},
    "odd widths": {"width": 7, "batch": 13, "activation": "gelu"},
    "wide": {"width": 64, "depth": 3, "activation": "relu", "initializer": "he"},
    "a batch of one": {"batch": 1, "activation": "tanh"},
    "a batch of two with batch normalization": {
        "batch": 2,
        "activation": "tanh",
        "normalization": "batch",
    },
    "thirty layers": {
        "depth": 30,
        "width": 32,
        "activation": "relu",
        "initializer": "he",
        "rate": 0.001,
    },
    "fifty layers": {
        "depth": 50,
        "width": 16,
        "activation": "relu",
        "initializer": "he",
        "rate": 0.001,
    },
    "fifty sigmoid layers": {"depth": 50, "initializer": "glorot"},
    "fifty layers with all remedies": {
        "depth": 50,
        "activation": "relu",
        "initializer": "he",
        "normalization": "layer",
        "skip": 50**-0.5,
        "optimizer": "adam",
        "rate": 0.001,
    },
    "ReLU, batch, Adam": TEN
    | {
        "activation": "relu",
        "normalization": "batch",
        "optimizer": "adam",
        "rate": 0.01,
    },
    "ReLU, layer, momentum": TEN
    | {"activation": "relu", "normalization": "layer", "optimizer": "momentum"},
    "sigmoid, batch, skips, Adam": TEN
    | {"normalization": "batch", "skip": 1, "optimizer": "adam", "rate": 0.01},
    "tanh, layer, scaled skips": TEN
    | {"activation": "tanh", "normalization": "layer", "skip": 10**-0.5},
    "GELU, LeCun, layer, skips, Adam": TEN
    | {
        "activation": "gelu",
        "initializer": "lecun",
        "normalization": "layer",
        "skip": 1,
        "optimizer": "adam",
    },
    "SELU, LeCun, momentum": TEN
    | {
        "activation": "selu",
        "initializer": "lecun",
        "optimizer": "momentum",
        "rate": 0.01,
    },
    "SiLU, orthogonal, batch": TEN
    | {"activation": "silu", "initializer": "orthogonal", "normalization": "batch"},
    "ELU, He, scaled skips, Adam": TEN
    | {
        "activation": "elu",
        "initializer": "he",
        "skip": 10**-0.5,
        "optimizer": "adam",
        "rate": 0.01,
    },
    "leaky, He, skips, momentum": TEN
    | {
        "activation": "leaky",
        "initializer": "he",
        "skip": 1,
        "optimizer": "momentum",
        "rate": 0.001,
    },
    "digits, ReLU, batch, Adam": TEN
    | {
        "inputs": 64,
        "outputs": 10,
        "activation": "relu",
        "normalization": "batch",
        "optimizer": "adam",
        "rate": 0.01,
    },
    "digits, tanh, skips": TEN
    | {"inputs": 64, "outputs": 10, "activation": "tanh", "skip": 1, "rate": 0.01},
    "digits, GELU, layer, momentum": TEN
    | {
        "inputs": 64,
        "outputs": 10,
        "activation": "gelu",
        "normalization": "layer",
        "optimizer": "momentum",
    },
}
INITIALIZERS = {
    "normal": lambda case, seed: keras.initializers.RandomNormal(
        stddev=case["spread"], seed=seed
    ),
    "uniform": None,  # its limit depends on the kernel's shape
    "glorot": lambda case, seed: keras.initializers.GlorotUniform(seed),
    "he": lambda case, seed: keras.initializers.HeNormal(seed),
    "lecun": lambda case, seed: keras.initializers.LecunNormal(seed),
    "orthogonal": lambda case, seed: keras.initializers.Orthogonal(seed=seed),
}
OPTIMIZERS = {
    "sgd": keras.optimizers.SGD,
    "momentum": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
    "adam": keras.optimizers.Adam,
}


def first_kernels(case):
    sizes = [case["inputs"], *[case["width"]] * case["depth"], case["outputs"]]
    kernels = []
    for i, (n_in, n_out) in enumerate(zip(sizes, sizes[1:])):
        rule = "glorot" if i == case["depth"] else case["initializer"]
        initializer = (
            keras.initializers.RandomUniform(-(n_in**-0.5), n_in**-0.5, seed=i)
            if rule == "uniform"
            else INITIALIZERS[rule](case, i)
        )
        kernels.append(np.asarray(initializer((n_in, n_out)), "float32"))
    return kernels


class Twin:
    """The same network from Keras' own layers."""

    def __init__(self, case, kernels, dtype):
        self.case, self.dtype, self.nearest = (
            case,
            dtype,
            np.inf,
        )  # nearest: the least |z| met
        norms = {
            "none": lambda: None,
            "batch": lambda: keras.layers.BatchNormalization(momentum=0.9, dtype=dtype),
            "layer": lambda: keras.layers.LayerNormalization(dtype=dtype),
        }
        bias = case["normalization"] == "none"
        self.dense = [
            keras.layers.Dense(case["width"], use_bias=bias, dtype=dtype)
            for _ in range(case["depth"])
        ]
        self.dense.append(keras.layers.Dense(case["outputs"], dtype=dtype))
        self.norms = [norms[case["normalization"]]() for _ in range(case["depth"])]
        slope = (
            {"negative_slope": case["alpha"]} if case["activation"] == "leaky" else {}
        )
        name = "leaky_relu" if slope else case["activation"]
        self.activation = lambda z: getattr(keras.activations, name)(z, **slope)
        self.forward(np.zeros((2, case["inputs"]), dtype), False)
        for layer, kernel in zip(self.dense, kernels):
            layer.kernel.assign(kernel)

    def forward(self, x, training=True):
        h, zs = tf.constant(x, self.dtype), []
        for i, (dense, norm) in enumerate(zip(self.dense, self.norms)):
            z = norm(dense(h), training=training) if norm else dense(h)
            zs.append(z)
            a = self.activation(z)
            h = h + self.case["skip"] * a if self.case["skip"] and i else a
        return [*zs, self.dense[-1](h)]

    def parameters(self):
        """Of each layer, nearest the input first: its kernel, and what else it has,
        gains before biases."""
        rest = [
            norm.trainable_variables if norm else [dense.bias]
            for norm, dense in zip(self.norms, self.dense)
        ]
        return [
            (dense.kernel, others)
            for dense, others in zip(self.dense, [*rest, [self.dense[-1].bias]])
        ]

    def variables(self):
        return [v for kernel, others in self.parameters() for v in (kernel, *others)]

    def gradients(self, x, y, sources):
        with tf.GradientTape() as tape:
            zs = self.forward(x)
            self.nearest = min(
                [self.nearest, *(float(tf.reduce_min(abs(z))) for z in zs[:-1])]
            )
            if self.case["outputs"] == 1:
                loss = keras.losses.BinaryCrossentropy(
                    from_logits=True, dtype=self.dtype
                )(y[:, None], zs[-1])
            else:
                loss = keras.losses.SparseCategoricalCrossentropy(
                    from_logits=True, dtype=self.dtype
                )(y, zs[-1])
        return tape.gradient(loss, sources(zs)), float(loss)

    def run(self, x, y):
        """Gradients of the first step and parameters after the last; x (steps, batch,
        inputs), y (steps, batch)."""
        kernels = [kernel for kernel, _ in self.parameters()]
        start, loss = self.gradients(x[0], y[0], lambda zs: kernels + zs)
        optimizer = OPTIMIZERS[self.case["optimizer"]](self.case["rate"])
        for batch, labels in zip(x, y):
            optimizer.apply(
                self.gradients(batch, labels, lambda _: self.variables())[0],
                self.variables(),
            )
        found = [
            np.concatenate([np.ravel(v) for v in (kernel, *others)])
            for kernel, others in self.parameters()
        ]
        layers = len(kernels)
        return {
            "loss": loss,
            "weight": flat(start[:layers]),
            "z": flat(start[layers:]),
            "end": flat(found),
        }


def flat(tensors):
    return [np.ravel(np.asarray(tensor, "float64")).tolist() for tensor in tensors]


def make(case):
    """One fixture: what the engine needs to start as Keras does, and what Keras finds.

    Data are drawn anew while a z comes so near a kink that rounding decides on which
    side it is.
    """
    rng, kernels, nearest = np.random.default_rng(0), first_kernels(case), 0
    while nearest < CLEAR:
        x = rng.normal(size=(STEPS, case["batch"], case["inputs"])).astype("float32")
        y = rng.integers(0, max(case["outputs"], 2), (STEPS, case["batch"]))
        twin = Twin(case, kernels, "float64")
        double = twin.run(x, y)
        nearest = twin.nearest if case["activation"] in KINKED else np.inf
    start = {
        "case": case,
        "kernels": flat(kernels),
        "x": x.reshape(STEPS, -1).tolist(),
        "y": y.tolist(),
    }
    return start | {
        "float64": double,
        "float32": Twin(case, kernels, "float32").run(x, y),
    }


@pytest.fixture(scope="module")
def fixtures():
    text = (
        Path(__file__).read_bytes() + f"{keras.__version__} {tf.__version__}".encode()
    )
    file = CACHE / f"keras-{hashlib.sha256(text).hexdigest()[:16]}.json"
    CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(CACHE / "lock"):  # workers of one run make them once
        if not file.exists():
            for old in CACHE.glob("keras-*.json"):
                old.unlink()
            made = {name: make(BASE | case) for name, case in CASES.items()}
            file.with_suffix(".new").write_text(json.dumps(made))
            file.with_suffix(".new").rename(file)
    return json.loads(file.read_text())


ENGINE = """async ({ case: options, kernels, x, y, base }) => {
  const { Network } = await import(base + "engine/network.js");
  const net = new Network({ ...options, capacity: options.batch });
  net.layers.forEach(({ dense }, l) => dense.kernel.set(kernels[l]));
  const batches = x.map((row) => Float32Array.from(row));
  const list = (values, n) => Array.from(values.subarray(0, n));
  const { loss } = net.evaluate(batches[0], y[0], options.batch);
  const weight = net.layers.map(({ dense }) => list(dense.kernelGradient));
  const z = net.layers.map((layer) =>
    list(layer.delta, options.batch * layer.dense.nOut));
  // The look at the first gradients has moved the averages.
  for (const { norm } of net.hidden) norm?.reset?.();
  batches.forEach((batch, step) =>
    net.step(batch, y[step], options.batch, options.rate));
  const end = net.layers.map(({ dense, norm }) =>
    [dense.kernel, norm?.gain, dense.bias ?? norm.bias]
      .flatMap((part) => (part ? list(part) : [])));
  return { loss, weight, z, end };
}"""


@pytest.fixture(scope="module")
def engine(browser, serve):
    """A function that runs a fixture in the engine, in Chromium."""
    page, base = browser.new_page(), serve(PLAYGROUND)
    page.goto(base + "engine/matrix.js")
    rest = {"base": base, "float32": 0, "float64": 0}
    yield lambda fixture: page.evaluate(ENGINE, {**fixture, **rest})
    page.close()


def apart(ours, theirs):
    """Of each layer, the norm of the difference over the norm, both in float64; 0 where
    both are zero."""
    pairs = [
        (np.asarray(a, "float64"), np.asarray(b, "float64"))
        for a, b in zip(ours, theirs, strict=True)
    ]
    norms = [(np.linalg.norm(a - b), np.linalg.norm(b)) for a, b in pairs]
    return np.array(
        [difference / size if difference else 0 for difference, size in norms]
    )


@pytest.fixture(scope="module")
def record():
    """What each case was allowed and what it took: {case: {quantity: [allowed,
    taken]}}."""
    kept = {}
    yield kept
    (CACHE / "parity.json").write_text(json.dumps(kept, indent=1))


@pytest.mark.parametrize("name", CASES)
def test_first_gradients_and_weights_after_ten_steps_are_keras_own(
    name, fixtures, engine, record
):
    fixture = fixtures[name]
    ours, single, double = engine(fixture), fixture["float32"], fixture["float64"]
    record[name] = {}
    for quantity in ("weight", "z", "end"):
        own = apart(single[quantity], double[quantity])
        taken, allowed = (
            apart(ours[quantity], single[quantity]),
            np.maximum(TOLERANCE, 10 * own),
        )
        worst = np.argmax(taken / allowed)
        record[name][quantity] = [allowed[worst], taken[worst]]
        assert (taken <= allowed).all(), (
            f"{quantity} of layer {worst + 1}: "
            f"{taken[worst]:.1e} > {allowed[worst]:.1e}"
        )
    assert ours["loss"] == pytest.approx(single["loss"], rel=TOLERANCE)


def test_there_is_a_case_for_every_option():
    cases = [BASE | case for case in CASES.values()]
    assert len(cases) >= 40
    options = {key: {case[key] for case in cases} for key in BASE}
    assert (
        options["initializer"] == INITIALIZERS.keys()
        and options["optimizer"] == OPTIMIZERS.keys()
    )
    assert (
        options["normalization"] == {"none", "batch", "layer"}
        and {1, 50} <= options["depth"]
    )
    assert {
        "sigmoid",
        "tanh",
        "relu",
        "leaky",
        "elu",
        "gelu",
        "selu",
        "silu",
    } == options["activation"]
    assert (
        {2, 64} <= options["width"]
        and {2, 64} == options["inputs"]
        and {1, 10} == options["outputs"]
    )

"""Which layer of your Keras model gets no gradient, and why?

Put this file beside your model. It needs keras on TensorFlow and numpy, and
matplotlib to plot.

    from gradient_doctor import GradientDoctor, examine

    print(examine(model, x, y))  # a table by layer, and what is wrong
    # the same during training
    model.fit(x, y, callbacks=[GradientDoctor(x, y)])
"""

import inspect
import random
import textwrap
import time
import warnings
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from types import SimpleNamespace

import keras
import numpy as np
import tensorflow as tf
from keras.src.backend.common import global_state
from tensorflow.python.eager import context

# --8<-- [start:borders]
# Borders of a finding. None is a law: they lie between planted diseases and
# healthy networks, on which gradient_doctor_gallery.py measures how often a
# disease is named and how often a healthy network is accused.

# Norm of dL/d(output) at the first weights, or step in time, over the largest
# after it; and over the last. ResNet50 has 4e3 over its depth, so an explosion
# must also grow by GROWTH a layer, or to FAR in all.
VANISHING = 1e-3
EXPLODING = 1e3
GROWTH, FAR = 1.5, 1e6
# A norm of zero next to a larger one has not shrunk: something blocks it.
UNDERFLOW = 1e-20
# Layers in a row that starve; single ones are side branches, as
# squeeze-and-excite and attention have them.
RUN = 3
# Share of a layer's units, less two standard errors: few units are little
# evidence.
DEAD = 0.5
# Values of a unit; a healthy ReLU is silent for all of 16 by chance once in
# 2**16 times.
ENOUGH = 16
# Share of a layer's outputs; and the slope over the activation's largest at
# which an output counts as saturated: |z| > 3.6 for sigmoid.
SATURATED = 0.5
FLAT = 0.1
# 1 - cosine between samples, in what the last weights read; two sigmoid layers
# have 8e-4.
COLLAPSED = 1e-4
# Relative change of the loss per relative change of a layer's weights, at most
# in any layer.
PLATEAU = 0.05

# --8<-- [end:borders]
PAGES = {  # by seriousness; paths on the site where you found this file
    "non-finite": "problem/exploding/",
    "exploding": "problem/exploding/",
    "vanishing": "problem/gradient-by-layer/",
    "dead": "remedies/leaky-relu/",
    "saturated": "problem/activations/",
    "collapsed": "remedies/batch-normalization/",
    "plateau": "example/sigmoid-vs-relu/",
    "frozen": "diagnose/reading-the-report/",
}
WORDS = {
    "non-finite": "{share:.1%} of the {values} are NaN or infinite, "
    "and none are before it",
    "exploding": "the norm of dL/d({what}) is {ratio:.1e} times that {than}",
    "vanishing": "the norm of dL/d({what}) is {ratio:.1e} of that {than}",
    "dead": "{share:.0%} of the units are silent for all {samples} samples",
    "saturated": "{share:.0%} of the outputs lie where the activation is flat",
    "collapsed": "from here on samples look alike; 1 - cosine between two is "
    "{distance:.1e} before the last weights",
    "plateau": "a relative change of any layer's weights changes the loss by "
    "at most {elasticity:.1e} times as much: "
    "a plateau, or the end of training",
    "frozen": "{weights} of its weights {why}",
}
SLOPES = {  # slope of an activation over its largest, from its output
    "sigmoid": lambda a: 4 * a * (1 - a),
    "tanh": lambda a: 1 - a * a,
    "softsign": lambda a: (1 - np.abs(a)) ** 2,
    "hard_sigmoid": lambda a: (a > 0) & (a < 1),
    "hard_tanh": lambda a: np.abs(a) < 1,
}
SCALAR = tf.compat.v1.SummaryMetadata(data_class=1)
SCALAR.plugin_data.plugin_name = "scalars"


# --8<-- [start:Finding]
@dataclass(frozen=True)
class Finding:
    """One disease.

    kind: a key of PAGES.
    layer: its name, or None for the whole model.
    evidence: the numbers that it rests on, by name.
    page: where to read on, a path on the site.
    """

    kind: str
    layer: str | None
    evidence: dict
    page: str
    # --8<-- [end:Finding]

    def __str__(self):
        where, words = (
            self.layer or "the whole model",
            WORDS[self.kind].format(**self.evidence),
        )
        return f"{self.kind}: {where}: {words}. Read {self.page}"


# --8<-- [start:Layer]
@dataclass
class Layer:
    """One layer's measures over the whole batch; None if not measurable.

    weight_norm, gradient_norm, gradient_rms: of all its trainable weights
        together and of dL/dW. norm: root of the sum of squares; rms: root
        of their mean.
    update_ratio: norm of the compiled optimizer's next step over the
        weights' norm.
    output_gradient_norm, output_gradient_rms: of dL/d(output), over all
        its calls; of a head whose loss reads logits, dL/d(logits).
    mean, std: of the outputs.
    dead: share of units that for every sample are zero after ReLU, or get
        no gradient.
    saturated: share of outputs on a flat part of sigmoid, tanh and others.
    cosine: mean between the outputs of two samples.
    zeros: share of exact zeros in dL/dW.
    nonfinite: share of NaN and infinite values in outputs and gradients.
    time_ratio: of a recurrent layer, norm of dL/d(state) at the first step
        over that at the last.
    """

    name: str
    kind: str
    parameters: int = 0  # trainable
    weight_norm: float | None = None
    gradient_norm: float | None = None
    gradient_rms: float | None = None
    update_ratio: float | None = None
    output_gradient_norm: float | None = None
    output_gradient_rms: float | None = None
    mean: float | None = None
    std: float | None = None
    dead: float | None = None
    saturated: float | None = None
    cosine: float | None = None
    zeros: float | None = None
    nonfinite: float = 0.0
    time_ratio: float | None = None
    # --8<-- [end:Layer]


# --8<-- [start:Report]
@dataclass
class Report:
    """What an examination found.

    layers: in the order of the forward pass.
    findings: most serious first. An empty list means that nothing was
        found, which is all that the doctor calls healthy.
    notes: what could not be measured, and why.
    history: (step, Report) of earlier looks at the same training.
    """

    loss: float
    samples: int
    training: bool
    layers: list[Layer]
    findings: list[Finding]
    notes: list[str] = field(default_factory=list)
    history: list = field(default_factory=list)
    # --8<-- [end:Report]

    def dict(self) -> dict:
        """All but the history as numbers, strings and lists, ready for JSON."""
        found = asdict(replace(self, history=[]))
        return {key: value for key, value in found.items() if key != "history"}

    def __str__(self):
        columns = (
            "gradient_rms",
            "output_gradient_rms",
            "update_ratio",
            "std",
            "dead",
            "saturated",
            "cosine",
        )
        heads = (
            "dL/dW",
            "dL/dout",
            "update",
            "std",
            "dead",
            "satur.",
            "cosine",
        )
        lines = [f"{'layer':16}" + "".join(f"{head:>8}" for head in heads)]
        accused = {finding.layer for finding in self.findings}
        for row in self.layers:
            if row.parameters or row.name in accused:
                name = row.name if len(row.name) <= 16 else f"…{row.name[-15:]}"
                lines.append(
                    f"{name:16}"
                    + "".join(
                        f"{short(key, getattr(row, key)):>8}" for key in columns
                    )
                )
        if len(lines) > 42:
            lines[21:-20] = [
                f"… {len(lines) - 41} more layers, all in report.layers …"
            ]
        lines.append(
            f"RMS of gradients; {self.samples} samples, "
            f"training={self.training}, loss {self.loss:.4g}"
        )
        words = [f"Note: {note}." for note in self.notes]
        for kind in dict.fromkeys(finding.kind for finding in self.findings):
            first, *more = (
                finding for finding in self.findings if finding.kind == kind
            )
            words.append(
                f"- {first}" + (f" (and {len(more)} more)" if more else "")
            )
        words += (
            []
            if self.findings
            else ["Healthy: nothing found by these measures."]
        )
        wrap = partial(
            textwrap.fill,
            width=72,
            subsequent_indent="  ",
            break_on_hyphens=False,
        )
        return "\n".join(lines + [wrap(text) for text in words])

    __repr__ = __str__

    def plot(self):
        """A figure: gradients by layer on a log axis.

        After several examinations, over time as a heat map too.
        """
        import matplotlib.pyplot as plt

        def values(report, key):
            rows = {
                row.name: getattr(row, key) or np.nan for row in report.layers
            }
            return np.array(
                [rows.get(name, np.nan) for name in names], "float64"
            )

        names = [row.name for row in self.layers if row.parameters]
        panels = 2 if self.history else 1
        fig, axes = plt.subplots(
            panels,
            1,
            figsize=(7, 3.6 * panels),
            squeeze=False,
            layout="constrained",
        )
        for key, style, label in (
            ("output_gradient_rms", "o-", "dL/d(output)"),
            ("gradient_rms", "s--", "dL/dW"),
        ):
            axes[0, 0].plot(values(self, key), style, label=label)
        axes[0, 0].set(yscale="log", ylabel="RMS; a zero is left out")
        axes[0, 0].legend()
        ticks = np.arange(0, len(names), -(-len(names) // 24))
        axes[0, 0].set_xticks(
            ticks, [names[i] for i in ticks], rotation=90, fontsize=8
        )
        if self.history:
            grid = [
                values(report, "output_gradient_rms")
                for report in [*(r for _, r in self.history), self]
            ]
            image = axes[1, 0].imshow(
                np.log10(grid).T,
                aspect="auto",
                interpolation="none",
                cmap="cividis",
            )
            axes[1, 0].set_yticks(ticks, [names[i] for i in ticks], fontsize=8)
            axes[1, 0].set(
                xlabel=f"examination, from step {self.history[0][0]} on"
            )
            axes[1, 0].grid(False)
            fig.colorbar(image, label="log10 of the RMS of dL/d(output)")
        return fig


def short(measure, value):
    """A number in at most seven characters."""
    if value is None:
        return "–"
    if measure == "cosine":
        return f"{value:.{5 if value >= 0 else 4}f}"
    return (
        f"{value:.3f}"
        if value == 0 or 0.01 <= abs(value) < 100
        else f"{value:.1e}"
    )


# --8<-- [start:examine]
def examine(
    model: keras.Model,
    x,
    y=None,
    loss=None,
    *,
    sample_weight=None,
    training: bool = True,
    samples: int | None = 128,
) -> Report:
    """Measure each layer's gradient and output on one batch, and judge.

    model: a built keras.Model of any kind.
    x, y, sample_weight: arrays as `fit` takes them, also structures of
        them; or x alone: a tf.data.Dataset, PyDataset or iterator, whose
        first batch is used.
    loss: as `compile` takes it: a name, Loss or function (y, outputs) ->
        values, or one for each output. None: that of the model's own
        `compile`. `add_loss` and regularizers count in either case.
    training: the flag of the forward pass. True is what the optimizer
        sees: batch statistics, dropout at work.
    samples: so many are taken of arrays, evenly spaced; None: all.

    Returns a Report. Afterwards the model, its optimizer, metrics and
    losses, and the states of random numbers are what they were.
    Raises TypeError if `model` is no Keras model, ValueError if there is
    nothing to differentiate or the data do not fit.

    Not seen: saturation of an activation that a model applies as a
    function instead of as a layer; a recurrent cell's gates, and its steps
    where a GPU kernel fuses them; weights that are plain tf.Variables; the
    optimizer of a custom training loop. A random operation with a seed of
    its own, as tf.random.normal(..., seed=1), moves on.
    """
    # --8<-- [end:examine]
    check(model)
    x, y, sample_weight, count = batch(x, y, sample_weight, samples)
    with untouched(model), recorded(model) as calls:
        found = backward(
            lambda: forward(model, x, y, sample_weight, loss, training),
            calls,
            model,
        )
        owned = set()
        # In the order in which they end: what is inside of a layer before it.
        for call in calls:
            call.weights = [w for w in call.layer.weights if id(w) not in owned]
            owned |= {id(w) for w in call.weights}
        calls = [call for call in calls if call.leaf or call.weights]
        steps, notes = updates(model, found)
        rows = [measure(call, found, steps, count) for call in calls]
        return Report(
            float(found.loss),
            count,
            training,
            rows,
            diagnose(rows, calls, found, count),
            notes,
        )


def check(model):
    """Raise an error for a model that cannot be examined."""
    if keras.backend.backend() != "tensorflow":
        raise RuntimeError(
            f"Keras runs on {keras.backend.backend()}: "
            "set KERAS_BACKEND=tensorflow"
        )
    if not isinstance(model, keras.Model):
        raise TypeError(
            f"examine takes a keras.Model, got {type(model).__name__}"
        )
    if not model.built:
        raise ValueError(
            "the model is not built and has no weights yet: "
            "call it once on a batch, or give it keras.Input"
        )
    if not model.weights:
        raise ValueError("the model has no weights: there is nothing to train")
    if not model.trainable_weights:
        raise ValueError(
            "all weights are frozen: "
            "set layer.trainable = True where gradients should arrive"
        )


def batch(x, y, sample_weight, samples):
    """The samples to examine and their number.

    Evenly spaced ones of arrays, the first batch of anything else.
    """
    if streams(x):
        try:
            first = (
                x[0] if isinstance(x, keras.utils.PyDataset) else next(iter(x))
            )
        except (StopIteration, IndexError):
            raise ValueError("the dataset is empty: it gave no batch") from None
        (x, y, sample_weight), samples = (
            keras.utils.unpack_x_y_sample_weight(first),
            None,
        )
    leaves = [
        leaf
        for leaf in keras.tree.flatten((x, y, sample_weight))
        if leaf is not None
    ]
    sizes = {np.shape(leaf)[0] if np.ndim(leaf) else -1 for leaf in leaves}
    if len(sizes) != 1 or -1 in sizes:
        raise ValueError(
            "x, y and sample_weight are arrays of as many samples each, "
            f"got shapes {shapes(leaves)}"
        )
    if not (count := sizes.pop()):
        raise ValueError(f"there is no sample: x has shape {shapes(x)}")
    taken = np.linspace(0, count - 1, min(count, samples or count)).astype(int)

    def take(leaf):
        values = None if leaf is None else np.asarray(leaf)[taken]
        floats = values is not None and values.dtype.kind == "f"
        return (
            values
            if values is None
            else tf.constant(values, keras.config.floatx() if floats else None)
        )

    return *(
        keras.tree.map_structure(take, part) for part in (x, y, sample_weight)
    ), len(taken)


def streams(x):
    return isinstance(x, tf.data.Dataset | keras.utils.PyDataset) or hasattr(
        x, "__next__"
    )


def shapes(structure):
    return ", ".join(
        str(tuple(np.shape(leaf)))
        for leaf in keras.tree.flatten(structure)
        if leaf is not None
    )


def flag(function, training):
    """The training flag as keyword, where the function takes it."""
    parameters = inspect.signature(function).parameters.values()
    return (
        {"training": training}
        if any(
            p.name == "training" or p.kind is p.VAR_KEYWORD for p in parameters
        )
        else {}
    )


def forward(model, x, y, sample_weight, loss, training):
    """Loss of the batch and the model's outputs.

    Raises ValueError where x or y do not fit.
    """
    misfits = ValueError, TypeError, IndexError, tf.errors.OpError
    try:
        outputs = model(x, **flag(model.call, training))
    except misfits as error:
        raise ValueError(
            f"the model does not take x of shape {shapes(x)}: {error}"
        ) from error
    judge = model if loss is None else keras.Sequential()
    if loss is not None:
        judge.compile(loss=loss)
    extra = [
        tf.reduce_sum(value) for value in model.losses
    ]  # of add_loss and regularizers
    if not getattr(judge, "compiled", False) and not extra:
        raise ValueError("there is no loss: compile the model, or pass loss=")
    if not getattr(judge, "compiled", False):
        return tf.add_n(extra), outputs
    if y is None and (judge is not model or not extra):
        raise ValueError(
            "there is no y, with which the loss compares the outputs"
        )
    try:
        given = {
            "x": x,
            "y": y,
            "y_pred": outputs,
            "sample_weight": sample_weight,
        }
        value = judge.compute_loss(
            **given, **flag(judge.compute_loss, training)
        )
    except misfits as error:
        fit = f"y of shape {shapes(y)} and outputs of shape {shapes(outputs)}"
        raise ValueError(f"the loss does not take {fit}: {error}") from error
    return value if judge is model else tf.add_n([value, *extra]), outputs


def array(variable, dtype=None):
    """A copy of a Keras variable's values."""
    return np.array(variable.numpy(), dtype)


@contextmanager
def untouched(model):
    """Put back whatever a forward pass changes.

    Variables, losses that layers hold, states of random numbers.
    """

    def variables():
        optimizer = (
            model.optimizer.variables
            if getattr(model, "optimizer", None)
            else []
        )
        return [*model.variables, *model.metrics_variables, *optimizer]

    before = {id(v): array(v) for v in variables()}
    losses = [
        (layer, list(layer._losses), set(layer._loss_ids))
        for layer in model._flatten_layers()
    ]
    # It seeds TensorFlow's operations, once a global seed was set.
    rng = getattr(context.context(), "_rng", None)
    eager = tf.config.functions_run_eagerly()
    states = random.getstate(), np.random.get_state(), rng and rng.getstate()
    # The seeds of layers that have none of their own.
    seeds = global_state.get_global_attribute("global_seed_generator")
    seed = array(seeds.state) if seeds else None
    # A kernel that is kept for its seed would go on where the examination left.
    if rng:
        rng.seed(rng.getrandbits(64))
    # So that gradients by outputs inside a tf.function exist.
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(eager)
        for v in (
            variables()
        ):  # a metric that the first call has made starts from zero
            v.assign(before.get(id(v), np.zeros(v.shape, v.dtype)))
        for layer, held, ids in losses:
            layer._losses[:], layer._loss_ids = held, ids
        random.setstate(states[0])
        np.random.set_state(states[1])
        if rng:
            rng.setstate(states[2])
        global_state.set_global_attribute("global_seed_generator", seeds)
        if seeds:
            seeds.state.assign(seed)


@dataclass(eq=False)
class Call:
    """A layer at work.

    inputs, outputs: its tensors, of all calls.
    states: of a recurrent layer, its tensors by step.
    parent: the Call that it is part of.
    weights: those that no Call inside it has.
    leaf: it called no other layer.
    """

    layer: keras.layers.Layer
    parent: object
    leaf: bool = True
    inputs: list = field(default_factory=list)
    outputs: list = field(default_factory=list)
    states: list = field(default_factory=list)
    weights: list = field(default_factory=list)

    @property
    def name(self):
        """Names from the outermost inner model to the layer, with slashes."""
        return (
            f"{self.parent.name}/" if self.parent and self.parent.parent else ""
        ) + self.layer.name


def floating(structure):
    """The tensors of a structure that gradients are taken of, each once."""
    found = [
        t
        for t in keras.tree.flatten(structure)
        if isinstance(t, tf.Tensor) and not tf.is_symbolic_tensor(t)
    ]
    return list({id(t): t for t in found if t.dtype.is_floating}.values())


@contextmanager
def recorded(model):
    """Yield a list that fills with a Call for every layer that runs.

    In the order in which they first end.
    """
    calls, known, inside, original = [], {}, [], keras.layers.Layer.__call__

    def run(layer, *args, **kwargs):
        outer = inside[-1] if inside else None
        if (outer is None) != (layer is model) or (
            outer and isinstance(outer.layer, keras.layers.RNN)
        ):
            outputs = original(layer, *args, **kwargs)
            if outer and layer is getattr(outer.layer, "cell", None):
                outer.states.append(floating(outputs))
            return outputs
        call = known.setdefault(id(layer), Call(layer, outer))
        if outer:
            outer.leaf = False
        inside.append(call)
        try:
            outputs = original(layer, *args, **kwargs)
        finally:
            inside.pop()
        call.inputs += floating(args)
        call.outputs += floating(outputs)
        if call not in calls:
            calls.append(call)
        return outputs

    keras.layers.Layer.__call__ = run
    try:
        yield calls
    finally:
        keras.layers.Layer.__call__ = original


def backward(run, calls, model):
    """Differentiate the loss that `run` computes by all weights and outputs.

    The one place that asks TensorFlow for gradients. Those of float16 are taken
    of a scaled loss, as the optimizer does.

    Returns loss, scale, outputs (ids), and by id weights and tensors: gradients
    times scale, none without a path.
    """
    with tf.GradientTape(persistent=True) as tape:
        loss, outputs = run()
    weights = model.trainable_weights
    tensors = [
        t
        for call in calls
        for part in (call.outputs, *call.states)
        for t in part
    ]
    tensors += [t._keras_logits for t in tensors if hasattr(t, "_keras_logits")]
    scale = (
        float(model.optimizer.scale_loss(1.0))
        if getattr(model, "optimizer", None)
        else 1.0
    )
    while True:
        by_weight, by_tensor = tape.gradient(
            loss, [weights, tensors], tf.cast(scale, loss.dtype)
        )
        if scale <= 1 or not lost(
            [entries(g) for g in by_weight if g is not None]
        ):
            break
        # Too large a scale is the optimizer's to shrink, and no disease.
        scale = max(1.0, scale / 16)
    by_weight = {id(w): g for w, g in zip(weights, by_weight) if g is not None}
    by_id = {id(t): g for t, g in zip(tensors, by_tensor) if g is not None}
    for t in tensors:  # a loss that reads a head's logits passes by its outputs
        logits = id(getattr(t, "_keras_logits", None))
        if id(t) not in by_id and logits in by_id:
            by_id[id(t)] = by_id[logits]
    outputs = {id(t) for t in keras.tree.flatten(outputs)}
    return SimpleNamespace(
        loss=loss,
        scale=scale,
        outputs=outputs,
        weights=by_weight,
        tensors=by_id,
    )


def entries(gradient):
    """A gradient's entries in float64.

    Of a sparse one the rows that the batch touches, each summed.
    """
    if not isinstance(gradient, tf.IndexedSlices):
        return np.asarray(gradient, "float64")
    rows, place = np.unique(
        np.asarray(gradient.indices).ravel(), return_inverse=True
    )
    parts = np.asarray(gradient.values, "float64").reshape(len(place), -1)
    total = np.zeros((len(rows), parts.shape[1]))
    np.add.at(total, place, parts)
    return total


def norm(arrays):
    """Root of the sum of squares of all entries.

    In float64: squares of float32 underflow below 1e-19.
    """
    return float(
        np.sqrt(
            sum(np.sum(np.square(np.asarray(a, "float64"))) for a in arrays)
        )
    )


def lost(arrays):
    """Share of NaN and infinite values."""
    return float(
        sum(np.sum(~np.isfinite(a)) for a in arrays)
        / max(sum(np.size(a) for a in arrays), 1)
    )


def measure(call, found, updates, count):
    """The measures of one layer.

    updates: id of weight -> the optimizer's next step.
    """
    weights = [w for w in call.weights if w.trainable]
    row = Layer(
        call.name,
        type(call.layer).__name__,
        sum(int(np.prod(w.shape)) for w in weights),
    )
    gradients = [
        entries(found.weights[id(w)]) / found.scale
        for w in weights
        if id(w) in found.weights
    ]
    backs = [
        np.asarray(found.tensors[id(t)], "float64") / found.scale
        for t in call.outputs
        if id(t) in found.tensors
    ]
    outputs = [np.asarray(t, "float64") for t in call.outputs]
    row.nonfinite = lost([*outputs, *gradients, *backs])
    if weights:
        row.weight_norm = norm(map(array, weights))
    if gradients:
        row.gradient_norm = norm(gradients)
        row.gradient_rms = row.gradient_norm / row.parameters**0.5
        row.zeros = (
            1 - sum(np.count_nonzero(g) for g in gradients) / row.parameters
        )
        if updates and row.weight_norm:
            row.update_ratio = (
                norm(updates[id(w)] for w in weights if id(w) in updates)
                / row.weight_norm
            )
    if backs:
        row.output_gradient_norm = norm(backs)
        row.output_gradient_rms = (
            row.output_gradient_norm / sum(g.size for g in backs) ** 0.5
        )
    if outputs and not lost(outputs):
        total = np.concatenate([a.ravel() for a in outputs])
        row.mean, row.std = float(total.mean()), float(total.std())
        row.dead, row.saturated = (
            dead(call, outputs, backs),
            saturated(call, total),
        )
        row.cosine = cosine(outputs[0], count)
    steps = [
        norm(found.tensors[id(t)] for t in step if id(t) in found.tensors)
        for step in call.states
    ]
    # Keras calls the cell once more, for its shapes; padding ends a sequence.
    steps = np.trim_zeros(steps[1:], "b")
    if len(steps) > 1:
        row.time_ratio = float(steps[0] / steps[-1])
    return row


def activation(call):
    """Name of the activation whose values a layer's outputs are, or None."""
    if isinstance(call.layer, keras.layers.ReLU):
        return None if call.layer.negative_slope else "relu"
    gated = isinstance(call.layer, keras.layers.RNN) and not isinstance(
        call.layer, keras.layers.SimpleRNN
    )
    return (
        None
        if gated
        else getattr(getattr(call.layer, "activation", None), "__name__", None)
    )


def unit_axis(layer):
    return 1 if getattr(layer, "data_format", None) == "channels_first" else -1


def dead(call, outputs, backs):
    """Share of units that are zero for every sample after a ReLU.

    Or get no gradient from any; None if unknown.
    """
    axis = unit_axis(call.layer)
    rectified = activation(call) in ("relu", "relu6") and all(
        (a >= 0).all() for a in outputs
    )
    signals = [outputs] if rectified else []
    if call.weights and len(backs) == len(outputs) and norm(backs):
        signals.append(backs)
    units = outputs[0].shape[axis] if outputs[0].ndim > 1 else 0
    if (
        not signals
        or not units
        or sum(a.size for a in outputs) < ENOUGH * units
    ):
        return None
    speaks = [
        [
            np.moveaxis(a, axis, -1).reshape(-1, units).any(axis=0)
            for a in arrays
        ]
        for arrays in signals
    ]
    return float(
        1 - np.mean(np.all([np.any(each, axis=0) for each in speaks], axis=0))
    )


def saturated(call, outputs):
    """Share of a layer's outputs on a flat part of its activation.

    None where that cannot be told from outputs.
    """
    name = activation(call)
    low = 0 if name in ("sigmoid", "hard_sigmoid") else -1
    if name not in SLOPES or outputs.min() < low or outputs.max() > 1:
        return None
    return float(np.mean(SLOPES[name](outputs) < FLAT))


def cosine(features, count):
    """Mean cosine between two different samples' features (samples, ...).

    None where there are no two.
    """
    if features.ndim < 2 or len(features) != count:
        return None
    flat = features.reshape(count, -1)
    lengths = np.linalg.norm(flat, axis=1, keepdims=True)
    units = flat[lengths[:, 0] > 0] / lengths[lengths[:, 0] > 0]
    n = len(units)
    return (
        float((np.sum(np.square(units.sum(axis=0))) - n) / (n * (n - 1)))
        if n > 1
        else None
    )


def updates(model, found):
    """id of weight -> the compiled optimizer's next step; and notes.

    The step is found on copies.
    """
    if getattr(model, "optimizer", None) is None:
        return {}, ["no optimizer, so no update: compile the model to see it"]
    # Of mixed precision, without its scale.
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    weights = [w for w in model.trainable_weights if id(w) in found.weights]
    try:
        twin = type(optimizer).from_config(optimizer.get_config())
        copies = {
            id(w): keras.Variable(w, dtype=w.dtype, name=w.name)
            for w in model.trainable_weights
        }
        twin.build(list(copies.values()))
        for ours, theirs in zip(
            twin.variables, optimizer.variables if optimizer.built else ()
        ):
            ours.assign(theirs)
        gradients = [found.weights[id(w)] for w in weights]
        if found.scale != 1:
            gradients = [
                tf.cast(tf.convert_to_tensor(g), "float32") / found.scale
                for g in gradients
            ]
        twin.apply(gradients, [copies[id(w)] for w in weights])
    except (
        ValueError,
        TypeError,
        NotImplementedError,
        AttributeError,
        tf.errors.OpError,
    ) as error:
        return {}, [
            "no update, for the optimizer could not be copied: "
            f"{str(error).splitlines()[0]}"
        ]
    return {
        id(w): array(copies[id(w)], "float64") - array(w, "float64")
        for w in weights
    }, []


def diagnose(rows, calls, found, count):
    """Findings, most serious first.

    rows, calls: of the same layers, in forward order.
    """
    if findings := nonfinite(
        rows, calls, found
    ):  # what is computed from NaN says nothing
        return findings
    last = [call for call in calls if call.weights][-1]
    heads = [
        call is last or bool({id(t) for t in call.outputs} & found.outputs)
        for call in calls
    ]
    inner = [
        (row, call) for row, call, head in zip(rows, calls, heads) if not head
    ]
    chain = [
        row
        for row in rows
        if row.gradient_norm is not None
        and row.output_gradient_norm is not None
    ]
    findings = (
        through_depth(chain) + through_time(rows) + collapsed(rows, last, count)
    )
    findings += silent(rows, calls, inner, count)
    findings += [
        finding("saturated", row, share=row.saturated)
        for row, _ in inner
        if (row.saturated or 0) >= SATURATED
    ]
    elasticity = max(
        (row.gradient_norm * row.weight_norm for row in chain), default=0
    ) / max(abs(found.loss), 1e-30)
    if elasticity < PLATEAU and not {f.kind for f in findings} & {
        "vanishing",
        "dead",
        "saturated",
    }:
        findings.append(
            finding(
                "plateau",
                None,
                elasticity=float(elasticity),
                loss=float(found.loss),
            )
        )
    for row, call in zip(rows, calls):
        if missing := sum(
            w.trainable and id(w) not in found.weights for w in call.weights
        ):
            findings.append(
                finding(
                    "frozen",
                    row,
                    weights=missing,
                    why="have no path to the loss",
                )
            )
    return sorted(
        findings + frozen(calls), key=lambda f: list(PAGES).index(f.kind)
    )


def finding(kind, row, **evidence):
    return Finding(kind, row and row.name, evidence, PAGES[kind])


def nonfinite(rows, calls, found):
    """The layer where the first value is lost.

    In forward order of the outputs, else in backward order.
    """
    forward = [
        (row, "outputs", lost(call.outputs))
        for row, call in zip(rows, calls)
        if lost(call.outputs)
    ]
    backward = [
        (row, "outputs and gradients", row.nonfinite)
        for row in reversed(rows)
        if row.nonfinite
    ]
    if not forward and not np.isfinite(found.loss):
        return [finding("non-finite", None, values="losses", share=1.0)]
    return [
        finding("non-finite", row, values=what, share=share)
        for row, what, share in (forward or backward)[:1]
    ]


def through_depth(chain):
    """Vanishing or exploding gradients along the layers with weights.

    They are given in forward order.
    """
    sizes = np.array([row.output_gradient_norm for row in chain])
    if len(chain) < 2 or not sizes.any():
        return []
    peak = [k + int(sizes[k:].argmax()) for k in range(len(sizes))]
    nearer = [
        next((size for size in sizes[k + 1 :] if size), 0.0)
        for k in range(len(sizes))
    ]
    weak = (sizes < VANISHING * sizes[peak]) & (
        (sizes > 0) | (np.array(nearer) < UNDERFLOW)
    )
    for k in np.flatnonzero(weak):
        if k == 0 or weak[k : k + RUN].sum() == RUN:
            norms = {
                "ratio": float(sizes[k] / sizes[peak[k]]),
                "norm": sizes[k],
                "largest": sizes[peak[k]],
            }
            return [
                finding(
                    "vanishing",
                    chain[k],
                    what="output",
                    than=f"of {chain[peak[k]].name}",
                    **norms,
                )
            ]
    ratio = float(sizes[0] / sizes[-1]) if sizes[-1] else 0.0
    growth = ratio ** (1 / (len(sizes) - 1))
    if ratio > FAR or (ratio > EXPLODING and growth > GROWTH):
        norms = {
            "ratio": ratio,
            "growth": growth,
            "norm": sizes[0],
            "last": sizes[-1],
        }
        return [
            finding(
                "exploding",
                chain[0],
                what="output",
                than=f"of {chain[-1].name}",
                **norms,
            )
        ]
    return []


def silent(rows, calls, inner, count):
    """Layers with dead units.

    Where a model applies ReLU as a function, the layer after which all is zero.
    """
    shares = [
        (row, row.dead, call.outputs[0].shape[unit_axis(call.layer)])
        for row, call in inner
        if row.dead
    ]
    found = [
        (row, dead)
        for row, dead, units in shares
        if dead - 2 * (dead * (1 - dead) / units) ** 0.5 > DEAD
    ]
    weighted = [
        (row, call)
        for row, call in zip(rows, calls)
        if call.weights and call.inputs
    ]
    cut = [
        (row, 1.0)
        for (row, _), (_, after) in zip(weighted, weighted[1:])
        if not np.any(after.inputs[0])
    ]
    return [
        finding("dead", row, share=share, samples=count)
        for row, share in found or cut
    ]


def through_time(rows):
    """Vanishing or exploding in time, from a recurrent layer's last step on."""
    found = [
        (row, "vanishing")
        for row in rows
        if row.time_ratio is not None and row.time_ratio < VANISHING
    ]
    found += [
        (row, "exploding")
        for row in rows
        if row.time_ratio is not None and row.time_ratio > EXPLODING
    ]
    words = {"what": "state at its first step", "than": "at its last"}
    return [
        finding(kind, row, ratio=row.time_ratio, **words) for row, kind in found
    ]


def collapsed(rows, last, count):
    """Features that are the same for all samples at the last weights.

    The finding names the first layer since when.
    """
    read = (
        cosine(np.asarray(last.inputs[0], "float64"), count)
        if last.inputs
        else None
    )
    if read is None or 1 - read >= COLLAPSED:
        return []
    before = [
        row for row in rows if row.cosine is not None and row.name != last.name
    ]
    differ = [k for k, row in enumerate(before) if 1 - row.cosine >= COLLAPSED]
    since = before[differ[-1] + 1 if differ else 0 :]
    return [
        finding(
            "collapsed",
            since[0] if since else last,
            distance=max(1 - read, 0.0),
        )
    ]


def frozen(calls):
    """The outermost layers that are set not to train."""
    found = {}
    for call in calls:
        while call.parent:
            outermost, call = call, call.parent
            if not outermost.layer.trainable and outermost.layer.weights:
                found[outermost.name] = outermost
    inner = [
        name
        for name in found
        if any(name.startswith(f"{other}/") for other in found)
    ]
    why = "do not train: trainable is False"
    return [
        finding("frozen", c, weights=len(c.layer.weights), why=why)
        for n, c in found.items()
        if n not in inner
    ]


# --8<-- [start:GradientDoctor]
class GradientDoctor(keras.callbacks.Callback):
    """Examine the model during `fit`, at first before the first step.

    x, y, loss, sample_weight, training, samples: as of `examine`; of a
        dataset the same batch each time.
    epochs: between examinations. steps: if given, between examinations
        instead.
    budget: share of the training time that examinations may take. One that
        would exceed it is left out. The first is always made, of a model
        that is not built after its first step.
    log_dir: where to write for TensorBoard, a scalar for each measure of
        each layer.

    report: the latest, with the earlier ones in its history.
    history: name -> list with an entry for each examination, so that
        `pandas.DataFrame(doctor.history)` is a table.
    cost: share of the training time taken. skipped: looks left out.

    Warns once, when findings first appear. Raises `examine`'s errors.
    """

    # --8<-- [end:GradientDoctor]

    MEASURES = (
        "gradient_rms",
        "output_gradient_rms",
        "update_ratio",
        "dead",
        "saturated",
        "cosine",
    )

    def __init__(
        self,
        x,
        y=None,
        loss=None,
        *,
        sample_weight=None,
        training=True,
        samples=32,
        epochs=1,
        steps=None,
        budget=0.05,
        log_dir=None,
    ):
        super().__init__()
        if streams(x):
            x, y, sample_weight, samples = batch(x, y, sample_weight, samples)
        self.arguments = x, y, loss
        self.options = {
            "sample_weight": sample_weight,
            "training": training,
            "samples": samples,
        }
        self.epochs, self.steps, self.budget = epochs, steps, budget
        self.writer = (
            tf.summary.create_file_writer(log_dir) if log_dir else None
        )
        self.report, self.history, self.skipped = None, {}, 0
        self.epoch, self.step, self.spent, self.latest, self.trained = (
            0,
            0,
            0.0,
            0.0,
            0.0,
        )

    def on_train_begin(self, logs=None):
        self.since = time.perf_counter()
        if self.model.built:
            self.look()

    def on_train_batch_end(self, batch, logs=None):
        self.step += 1
        if self.report is None or (self.steps and self.step % self.steps == 0):
            self.look()

    def on_epoch_end(self, epoch, logs=None):
        self.epoch = epoch + 1
        if not self.steps and self.epoch % self.epochs == 0:
            self.look()

    def on_train_end(self, logs=None):
        self.trained += time.perf_counter() - self.since

    @property
    def cost(self):
        """Seconds of examinations over seconds of training without them."""
        return self.spent / self.trained if self.trained else 0.0

    def look(self):
        """Examine, unless that would exceed the budget.

        Warn once, if there are findings.
        """
        start = time.perf_counter()
        self.trained += start - self.since
        if (
            self.report
            and self.spent + self.latest > self.budget * self.trained
        ):
            self.skipped += 1
        else:
            earlier = (
                [*self.report.history, (self.report.step, self.report)]
                if self.report
                else []
            )
            warned = any(report.findings for _, report in earlier)
            self.report = examine(self.model, *self.arguments, **self.options)
            self.report.history, self.report.step = earlier, self.step
            self.keep()
            if self.report.findings and not warned:
                words = "\n".join(map(str, self.report.findings))
                warnings.warn(
                    f"the gradient doctor, epoch {self.epoch}, "
                    f"step {self.step}:\n{words}",
                    stacklevel=2,
                )
            self.latest = time.perf_counter() - start
            self.spent += self.latest
        self.since = time.perf_counter()

    def keep(self):
        """Add the report's measures to the history.

        And to TensorBoard, if asked.
        """
        rows = self.report.layers
        found = {
            f"{measure}/{row.name}": getattr(row, measure)
            for measure in self.MEASURES
            for row in rows
        }
        for key, value in {
            "epoch": self.epoch,
            "step": self.step,
            "loss": self.report.loss,
            **found,
        }.items():
            self.history.setdefault(key, []).append(value)
        if self.writer:
            with self.writer.as_default(step=self.step):
                for key, value in found.items():
                    # What tf.summary.scalar writes, without TensorBoard.
                    if value is not None:
                        tf.summary.write(
                            key, tf.constant(value, "float32"), metadata=SCALAR
                        )
            self.writer.flush()

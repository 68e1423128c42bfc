"""One pass over a model and a batch: what each layer passes on, and what comes back.

Afterwards the model, its optimizer and metrics, and the states of random numbers are
what they were.
"""

import functools
import inspect
import itertools
import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from keras.src.backend.common import global_state

from gradient_doctor.backend import (
    Pass,
    entries,
    fixed_chance,
    forward_pass,
    no_gradients,
    to_numpy,
)
from gradient_doctor.own_step import step_pass

# Values of a layer above which every k-th place does for its statistics.
MANY = 2**20
# Values of the samples that are taken, of inputs as large as images.
VALUES = 2**21
# Values of a unit; a healthy ReLU is silent for all of 16 by chance once in 2**16.
ENOUGH = 16
# Slope over the activation's largest at which an output counts as saturated: |z| > 3.6
# for sigmoid.
FLAT = 0.1
# Share of the loss that the order of outputs accounts for, in a model that has learned.
LEARNED = 0.2
SLOPES: dict[str, Callable] = {  # slope over its largest, from the output
    "sigmoid": lambda a: 4 * a * (1 - a),
    "tanh": lambda a: 1 - a * a,
    "softsign": lambda a: (1 - np.abs(a)) ** 2,
    "hard_sigmoid": lambda a: (a > 0) & (a < 1),
    "hard_tanh": lambda a: np.abs(a) < 1,
}
OPAQUE = keras.layers.RNN, keras.layers.TimeDistributed  # they loop over their inside
SCALES = keras.layers.BatchNormalization, keras.layers.LayerNormalization


# --8<-- [start:Layer]
@dataclass
class Layer:
    """One layer's measures over the whole batch; None if not measurable.

    weight_norm, gradient_norm, gradient_rms: of all its trainable weights
        together and of dL/dW. norm: root of the sum of squares; rms: root
        of their mean. penalty_norm: of the part of dL/dW that comes from
        regularizers and `add_loss`.
    update_ratio: norm of the compiled optimizer's next step over the
        weights' norm.
    output_gradient_norm, output_gradient_rms: of dL/d(output), over all
        its calls; of an output of the model after softmax or sigmoid,
        dL/d(logits).
    mean, std: of the outputs.
    dead: share of units that for every sample are zero after ReLU, or get
        no gradient.
    saturated: share of outputs on a flat part of sigmoid, tanh and others.
    cosine: mean between the outputs of two samples.
    zeros: share of exact zeros in dL/dW.
    nonfinite: share of NaN and infinite values in outputs and gradients.
    time_ratio: of a recurrent layer, norm of dL/d(input) at the first step
        that it reads over the largest of all steps.
    """

    name: str
    kind: str
    parameters: int = 0  # trainable
    weight_norm: float | None = None
    gradient_norm: float | None = None
    gradient_rms: float | None = None
    penalty_norm: float | None = None
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


@dataclass(eq=False)
class Call:
    """A layer at work.

    parent: the Call that it is part of. leaf: it called no other layer.
    weights: those that no Call inside it has. outputs, inputs: places of its
    tensors among those that were tapped, of all calls; sequence: that of a
    recurrent layer's input. reads, mask: places among those that were only seen.
    head: the model's output is its own. past_activation: the loss reads its logits.
    from_data: it reads x, or what only scales and reshapes have made of it.
    values, gradients: of its outputs, as arrays; a gradient is None where no path
    leads. input_gradient_norm: of dL/d(inputs). read: what its first input held.
    profile: see `time_profile`.
    """

    layer: Any
    parent: "Call | None" = None
    leaf: bool = True
    weights: list = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)
    inputs: list[int] = field(default_factory=list)
    sequence: int | None = None
    reads: int | None = None
    mask: int | None = None
    head: bool = False
    past_activation: bool = False
    from_data: bool = False
    values: list[np.ndarray] = field(default_factory=list)
    gradients: list = field(default_factory=list)
    input_gradient_norm: float = 0.0
    read: np.ndarray | None = None
    profile: np.ndarray | None = None

    @property
    def name(self) -> str:
        """Names from the outermost inner model to the layer, with slashes."""
        inner = self.parent and self.parent.parent
        return (f"{self.parent.name}/" if inner else "") + self.layer.name  # type: ignore[union-attr]


@dataclass
class Head:
    """One output of the model, and what its loss makes of it.

    layer: the name of the layer that made it, with its activation's name.
    outputs: (samples, ...). gradient: dL/d(outputs), None without a path; of
    logits where from_logits_used: the loss went past the activation.
    labels: its part of y. loss: as it was compiled or given, None if unknown.
    after: the outputs after the optimizer's next step; predicted: those with
    training=False; None if unknown.
    """

    layer: str | None
    activation: str | None
    outputs: np.ndarray
    gradient: np.ndarray | None
    labels: np.ndarray | None
    loss: Any = None
    from_logits_used: bool = False
    after: np.ndarray | None = None
    predicted: np.ndarray | None = None

    @functools.cached_property
    def judge(self) -> Any:
        """A model that has nothing but the loss."""
        return loss_model(self.loss)

    @functools.cached_property
    def learned(self) -> float | None:
        """By how much the loss is lower than with outputs that change places."""
        count, chance = len(self.outputs), np.random.default_rng(0)
        try:
            others = [
                self.probe(self.outputs[chance.permutation(count)])[0] for _ in range(2)
            ]
        except ValueError:
            return None
        other = float(np.mean(others))
        return (other - self.value) / abs(other) if other else 0.0

    @functools.cached_property
    def value(self) -> float:
        """The loss of the outputs. Raises ValueError where it is unknown."""
        return self.probe(self.outputs)[0]

    def probe(self, outputs: np.ndarray, labels: Any = None) -> tuple:
        """The loss of other outputs or labels, without penalties; dL/d(outputs).

        Raises ValueError where the loss is unknown, or does not take them.
        """
        labels = self.labels if labels is None else labels
        if self.loss is None or labels is None:
            raise ValueError("the loss of this output is unknown")
        given, judge = keras.Variable(np.asarray(outputs, "float32")), self.judge

        def run(tap: Callable, see: Callable) -> tuple:
            pair = tensors(labels), keras.ops.convert_to_tensor(given)
            return (judge.compute_loss(y=pair[0], y_pred=pair[1]),)

        try:
            done = forward_pass(run, [given])
            (back,), _ = done.pull(0, 1.0)
        except Exception as error:  # of a loss that others wrote
            raise ValueError(str(error)) from error
        gradient = np.zeros(given.shape) if back is None else entries(back)
        return float(to_numpy(done.losses[0])), gradient.astype("float64")


@dataclass
class Record:
    """What one examination measured.

    x, y, sample_weight: the batch, as structures of arrays. whole: x and y as they
    were given, if arrays. batches: labels of consecutive batches, if the data are a
    stream. own_step: of a `train_step` of the model's own. loss, and penalty: its
    part from regularizers. after: the loss after the optimizer's next step, on this
    batch. scale: of the loss, under mixed precision. gradients, penalties: id of
    weight -> dL/dW and the part of it that comes from regularizers. clipped: norm of
    the next step over that without clipping. disconnected:
    layer -> number of weights without a path to the loss. failure: why the loss does
    not take labels and outputs.
    """

    model: Any
    x: Any
    y: Any
    sample_weight: Any
    samples: int
    training: bool
    whole: tuple | None = None
    batches: list | None = None
    own_step: bool = False
    loss: float = 0.0
    penalty: float = 0.0
    after: float | None = None
    scale: float = 1.0
    clipped: float | None = None
    gradients: dict[int, np.ndarray] = field(default_factory=dict)
    penalties: dict[int, np.ndarray] = field(default_factory=dict)
    layers: list[Layer] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    disconnected: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    failure: Exception | None = None

    @property
    def learned(self) -> float | None:
        """The largest share of the loss that any output's order accounts for."""
        found = [head.learned for head in self.heads if head.learned is not None]
        return max(found) if found else None


def measure_model(
    model: Any,
    x: Any,
    y: Any = None,
    loss: Any = None,
    *,
    sample_weight: Any = None,
    training: bool = True,
    samples: int | None = 128,
    memory: dict | None = None,
) -> Record:
    """Run the model once on a batch, forward and back, and measure each layer.

    memory: a dictionary that is kept between looks at the same model and batch.
    """
    check(model)
    whole = None if streams(x) else (x, y)
    batches = first_labels(x) if streams(x) else None
    x, y, sample_weight, count = batch(x, y, sample_weight, samples)
    record = Record(model, x, y, sample_weight, count, training, whole, batches)
    record.own_step = loss is None and owns_step(model)
    with untouched(model), recorded(model, memory) as calls:
        if record.own_step:
            done = own_pass(record, calls)
        else:
            done = usual_pass(record, calls, loss, memory)
        record.scale, found, backs = scaled_gradients(model, done)
        record.loss = float(to_numpy(done.losses[0]))
        record.penalty = float(to_numpy(done.losses[1]))
        penalties = done.pull(1, 1.0)[0] if record.penalty else []
        record.calls = calls.finish(done, backs, record.scale)
        record.heads = heads(record, calls, loss)
    weights = list(model.trainable_weights)
    by_weight = gradients_by_id(weights, found, record.scale)
    by_penalty = gradients_by_id(weights, penalties, 1.0)
    steps, new, notes = updates(record, weights, found, memory)
    record.notes += notes
    for call in record.calls:
        row = measure(call, by_weight, steps, count)
        pulls = [by_penalty[id(w)] for w in call.weights if id(w) in by_penalty]
        row.penalty_norm = norm(pulls) if pulls else None
        record.layers.append(row)
        missing = [w for w in call.weights if w.trainable and id(w) not in by_weight]
        if missing and record.failure is None:
            record.disconnected[call.name] = len(missing)
    record.gradients, record.penalties = by_weight, by_penalty
    owned = {id(w) for call in record.calls for w in call.weights}
    if idle := sum(id(w) not in owned for w in weights):
        record.notes.append(f"{idle} trainable weights are in layers that did not run")
    if record.failure is None and not record.own_step:
        if new:
            rehearse(record, new, loss, memory)
    return record


def predict_outputs(record: Record) -> None:
    """Fill in what each output is with training=False."""
    with untouched(record.model):
        predicted = predict(record.model, tensors(record.x), False)
    for head, values in zip(record.heads, keras.tree.flatten(predicted)):
        head.predicted = to_numpy(values)


def usual_pass(
    record: Record, calls: "Calls", loss: Any, memory: dict | None = None
) -> Pass:
    """Forward as `fit` does it: the model's call, then its loss."""
    model, training = record.model, record.training
    judge = model if loss is None else loss_model(loss)

    def run(tap: Callable, see: Callable) -> tuple:
        calls.start(tap, see)
        x = tensors(record.x)
        calls.data = {id(t) for t in keras.tree.flatten(x)}
        outputs = calls.finally_tapped(predict(model, x, training))
        given = x, tensors(record.y), outputs, tensors(record.sample_weight)
        try:
            return loss_of_batch(model, judge, training, *given), penalty(model)
        except MisfitError as error:
            record.failure = error
            return keras.ops.full((), float("nan")), penalty(model)

    weights = list(model.trainable_weights)
    if memory is not None:
        known = {id(w) for w in weights}
        held = [*model.variables, *model.metrics_variables]
        memory["variables"] = [v for v in held if id(v) not in known]
    return forward_pass(run, weights, memory)


def own_pass(record: Record, calls: "Calls") -> Pass:
    """Forward and back as the model's own `train_step` does it."""
    x, y, weight = map(tensors, (record.x, record.y, record.sample_weight))
    data = keras.utils.pack_x_y_sample_weight(x, y, weight)
    try:
        return step_pass(record.model, data, calls.start)
    except Exception as error:
        raise ValueError(
            f"the model's own train_step does not take x of shape {shapes(x)} "
            f"and y of shape {shapes(y)}: {error}"
        ) from error


def rehearse(record: Record, new: dict, loss: Any, memory: dict | None) -> None:
    """What the loss and the outputs are after the optimizer's next step."""
    model = record.model
    with untouched(model), no_gradients():
        for w in model.trainable_weights:
            if id(w) in new:
                w.assign(new[id(w)])
        if memory and "traced" in memory:  # compiled, and faster than what is not
            calls = memory["calls"]
            done = usual_pass(record, calls, loss, memory)
            record.after = float(to_numpy(done.losses[0]))
            for head, place in zip(record.heads, calls.outputs):
                head.after = to_numpy(done.tapped[place])
            return
        x, y, weight = map(tensors, (record.x, record.y, record.sample_weight))
        outputs = predict(model, x, record.training)
        judge = model if loss is None else loss_model(loss)
        after = loss_of_batch(model, judge, record.training, x, y, outputs, weight)
        record.after = float(to_numpy(after))
        for head, values in zip(record.heads, keras.tree.flatten(outputs)):
            head.after = to_numpy(values)


def gradients_by_id(weights: list, gradients: list, scale: float) -> dict:
    """id of weight -> its gradient as an array, without the scale."""
    return {
        id(w): entries(g) / scale for w, g in zip(weights, gradients) if g is not None
    }


def scaled_gradients(model: Any, done: Any) -> tuple[float, list, list]:
    """Gradients by weights and tensors of the loss times a scale, and the scale.

    Those of float16 are taken of a scaled loss, as the optimizer does.
    """
    scale = 1.0
    if getattr(model, "optimizer", None):
        scale = float(to_numpy(model.optimizer.scale_loss(keras.ops.ones(()))))
    while True:
        found, backs = done.pull(0, scale)
        if scale <= 1 or not lost([entries(g) for g in found if g is not None]):
            return scale, found, backs
        # Too large a scale is the optimizer's to shrink, and no disease.
        scale = max(1.0, scale / 16)


def check(model: Any) -> None:
    """Raise an error for a model that cannot be examined."""
    if not isinstance(model, keras.Model):
        raise TypeError(f"examine takes a keras.Model, got {type(model).__name__}")
    if not model.built and not (owns_step(model) and model.weights):
        raise ValueError(
            "the model is not built and has no weights yet: "
            "call it once on a batch, or give it keras.Input"
        )
    if not model.weights:
        raise ValueError("the model has no weights: there is nothing to train")


def batch(x: Any, y: Any, sample_weight: Any, samples: int | None) -> tuple:
    """The samples to examine and their number.

    Evenly spaced ones of arrays, the first batch of anything else.
    """
    if streams(x):
        try:
            first = x[0] if isinstance(x, keras.utils.PyDataset) else next(iter(x))
        except (StopIteration, IndexError):
            raise ValueError("the dataset is empty: it gave no batch") from None
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(first)
        samples = None
    structures = x, y, sample_weight
    leaves = [leaf for leaf in keras.tree.flatten(structures) if leaf is not None]
    sizes = {np.shape(leaf)[0] if np.ndim(leaf) else -1 for leaf in leaves}
    if len(sizes) != 1 or -1 in sizes:
        raise ValueError(
            "x, y and sample_weight are arrays of as many samples each, "
            f"got shapes {shapes(leaves)}"
        )
    if not (count := sizes.pop()):
        raise ValueError(f"there is no sample: x has shape {shapes(x)}")
    if samples:
        each = sum(np.size(leaf) for leaf in keras.tree.flatten(x)) // count
        samples = min(samples, max(ENOUGH, VALUES // max(each, 1)))
    taken = np.linspace(0, count - 1, min(count, samples or count)).astype(int)

    def take(leaf: Any) -> Any:
        return None if leaf is None else np.asarray(leaf)[taken]

    parts = [keras.tree.map_structure(take, part) for part in structures]
    return (*parts, len(taken))


def first_labels(x: Any) -> list | None:
    """Labels of the first ten batches of a stream that can be read again."""
    if hasattr(x, "__next__"):
        return None
    counted = isinstance(x, keras.utils.PyDataset)
    batches = (x[k] for k in range(min(len(x), 10))) if counted else iter(x)
    unpack = keras.utils.unpack_x_y_sample_weight
    labels = [unpack(given)[1] for given in itertools.islice(batches, 10)]
    return [np.asarray(y) for y in labels if hasattr(y, "shape")] or None


def streams(x: Any) -> bool:
    """Whether x gives batches, as a dataset, a loader or a generator."""
    if isinstance(x, keras.utils.PyDataset) or hasattr(x, "__next__"):
        return True
    arrays = hasattr(x, "shape") or isinstance(x, list | tuple | dict | str)
    return hasattr(x, "__iter__") and not arrays


def shapes(structure: Any) -> str:
    leaves = [leaf for leaf in keras.tree.flatten(structure) if leaf is not None]
    return ", ".join(str(tuple(np.shape(leaf))) for leaf in leaves)


def tensors(structure: Any) -> Any:
    """A structure of arrays as tensors; floats in Keras' precision."""

    def convert(leaf: Any) -> Any:
        if leaf is None:
            return None
        floats = leaf.dtype.kind == "f"
        return keras.ops.convert_to_tensor(
            leaf, keras.config.floatx() if floats else None
        )

    return keras.tree.map_structure(convert, structure)


def flag(function: Callable, training: bool) -> dict:
    """The training flag as keyword, where the function takes it."""
    parameters = inspect.signature(function).parameters.values()
    takes = any(p.name == "training" or p.kind is p.VAR_KEYWORD for p in parameters)
    return {"training": training} if takes else {}


def predict(model: Any, x: Any, training: bool) -> Any:
    """The model's outputs. Raises ValueError where x does not fit."""
    try:
        return model(x, **flag(model.call, training))
    except Exception as error:
        raise ValueError(
            f"the model does not take x of shape {shapes(x)}: {error}"
        ) from error


class MisfitError(ValueError):
    """The loss does not take the labels and outputs."""


def loss_model(loss: Any) -> Any:
    """A model that has nothing but a loss."""
    model = keras.Sequential()
    model.compile(optimizer=None, loss=loss)
    return model


def loss_of_batch(
    model: Any,
    judge: Any,
    training: bool,
    x: Any,
    y: Any,
    outputs: Any,
    sample_weight: Any,
) -> Any:
    """Loss of the batch, penalties included. Raises ValueError where y does not fit.

    judge: the model whose loss is taken.
    """
    extra = [keras.ops.sum(value) for value in model.losses]
    if not getattr(judge, "compiled", False):
        if not extra:
            raise ValueError("there is no loss: compile the model, or pass loss=")
        return sum(extra)
    if y is None and (judge is not model or not extra) and not owns_loss(model):
        raise ValueError("there is no y, with which the loss compares the outputs")
    given = {"x": x, "y": y, "y_pred": outputs, "sample_weight": sample_weight}
    try:
        value = judge.compute_loss(**given, **flag(judge.compute_loss, training))
    except Exception as error:
        fit = f"y of shape {shapes(y)} and outputs of shape {shapes(outputs)}"
        raise MisfitError(f"the loss does not take {fit}: {error}") from error
    if value is None:
        raise ValueError("there is no loss: compile the model, or pass loss=")
    return value if judge is model else value + sum(extra)


def penalty(model: Any) -> Any:
    """The sum of what regularizers of weights add to the loss."""
    weights = [w for w in model.trainable_weights if w.regularizer is not None]
    values = [keras.ops.sum(w.regularizer(w)) for w in weights]
    return keras.ops.convert_to_tensor(sum(values) if values else 0.0)


def owns_loss(model: Any) -> bool:
    """Whether the model computes its loss itself."""
    return type(model).compute_loss is not keras.Model.compute_loss


def owns_step(model: Any) -> bool:
    """Whether the model has a training step of its own."""
    return type(model).train_step is not keras.Model.train_step


@contextmanager
def untouched(model: Any) -> Iterator[None]:
    """Put back whatever a pass changes.

    Variables, losses that layers hold, states of random numbers. Of optimizers only
    copies take a step.
    """

    def variables() -> list:
        return [*model.variables, *model.metrics_variables]

    before = {id(v): np.array(to_numpy(v)) for v in variables()}
    losses = [
        (layer, list(layer._losses), set(layer._loss_ids))
        for layer in model._flatten_layers()
    ]
    states = random.getstate(), np.random.get_state()
    # The seeds of layers that have none of their own.
    seeds = global_state.get_global_attribute("global_seed_generator")
    seed = np.array(to_numpy(seeds.state)) if seeds else None
    try:
        with fixed_chance():
            yield
    finally:
        with no_gradients():
            for v in variables():  # a metric of the first call starts from zero
                v.assign(before.get(id(v), np.zeros(v.shape, v.dtype)))
            if seeds:
                seeds.state.assign(seed)
        for layer, held, ids in losses:
            layer._losses[:], layer._loss_ids = held, ids
        random.setstate(states[0])
        np.random.set_state(states[1])
        global_state.set_global_attribute("global_seed_generator", seeds)


def is_float(tensor: Any) -> bool:
    """Whether gradients are taken of it."""
    if not keras.ops.is_tensor(tensor):
        return False
    return keras.backend.is_float_dtype(keras.backend.standardize_dtype(tensor.dtype))


class Calls:
    """The calls of layers while `recorded` is at work, in the order of their ends."""

    def __init__(self, model: Any) -> None:
        self.root = Call(model)
        self.start(lambda tensor, watch=False: tensor, id)

    def start(self, tap: Callable, see: Callable) -> None:
        """Forget all calls: a pass begins."""
        self.tap, self.see, self.seen = tap, see, 0
        self.root = Call(self.root.layer)
        self.inside = [self.root]
        self.known: dict[int, Call] = {id(self.root.layer): self.root}
        self.ended: list[Call] = []
        self.outputs: list[int] = []  # places of the model's
        self.places: dict[int, int] = {}  # id of a tapped tensor -> its place
        self.logits: dict[int, int] = {}  # place -> that of what the loss reads instead
        self.data: set[int] = set()  # ids of tensors that are x, or scaled from it
        self.kept: list = []  # so that no other tensor gets its id

    def tapped(self, tensor: Any, watch: bool = False) -> Any:
        """The tensor to go on with; the same one is tapped once."""
        if not is_float(tensor) or id(tensor) in self.places:
            return tensor
        after = self.tap(tensor, watch)
        place = len(self.kept) // 2
        self.places[id(tensor)] = self.places[id(after)] = place
        self.kept += [tensor, after]
        if is_float(logits := getattr(after, "_keras_logits", None)):
            self.tapped(logits)
            self.logits[place] = self.places[id(logits)]
        return after

    def tapped_input(self, tensor: Any) -> Any:
        """What a layer reads, to go on with: tapped, unless it is of the data."""
        return tensor if id(tensor) in self.data else self.tapped(tensor)

    def finally_tapped(self, outputs: Any) -> Any:
        """The model's outputs."""
        outputs = keras.tree.map_structure(self.tapped, outputs)
        self.outputs = self.places_of(outputs)
        return outputs

    def places_of(self, structure: Any) -> list[int]:
        found = [self.places.get(id(t)) for t in keras.tree.flatten(structure)]
        return list(dict.fromkeys(place for place in found if place is not None))

    def note(self, tensor: Any) -> int:
        """The place of a tensor among those that are only seen."""
        self.see(tensor)
        self.seen += 1
        return self.seen - 1

    def run(self, original: Callable, layer: Any, args: tuple, kwargs: dict) -> Any:
        """Call a layer, and note what went in and out."""
        outer = self.inside[-1]
        if isinstance(outer.layer, OPAQUE) or layer is self.root.layer:
            return original(layer, *args, **kwargs)
        call = self.known.setdefault(id(layer), Call(layer, outer))
        outer.leaf = False
        if isinstance(layer, keras.layers.RNN) and args and is_float(args[0]):
            mask = kwargs.get("mask", getattr(args[0], "_keras_mask", None))
            args = (self.tapped(args[0], watch=True), *args[1:])
            call.sequence = self.places[id(args[0])]
            call.mask = None if mask is None else self.note(mask)
        # What an operation made of outputs is tapped when a layer reads it.
        args, kwargs = keras.tree.map_structure(self.tapped_input, (args, kwargs))
        floats = [t for t in keras.tree.flatten(args) if is_float(t)]
        if floats and layer.weights and call.reads is None:
            call.reads = self.note(floats[0])
        call.from_data = bool(floats) and {id(t) for t in floats} <= self.data
        self.inside.append(call)
        try:
            outputs = original(layer, *args, **kwargs)
        finally:
            self.inside.pop()
        outputs = keras.tree.map_structure(self.tapped, outputs)
        call.inputs += self.places_of((args, kwargs))
        call.outputs += self.places_of(outputs)
        if call.from_data and (
            not layer.trainable_weights or isinstance(layer, SCALES)
        ):
            self.data |= {id(t) for t in keras.tree.flatten(outputs)}
        if call not in self.ended:
            self.ended.append(call)
        return outputs

    def finish(self, done: Pass, backs: list, scale: float) -> list[Call]:
        """The calls of layers with weights or without inner ones, with their values."""
        owned: set[int] = set()
        for call in [*self.ended, self.root]:  # what is inside of it has ended before
            call.weights = [w for w in call.layer.weights if id(w) not in owned]
            owned |= {id(w) for w in call.weights}
        ended = [call for call in self.ended if call.leaf or call.weights]
        self.arrays = arrays = Arrays(done, backs, self.logits, scale)
        for call in (found := ended + [self.root] * bool(self.root.weights)):
            call.head = bool(set(call.outputs) & set(self.outputs))
            call.values = [arrays.value(place) for place in call.outputs]
            call.gradients = [arrays.gradient(place) for place in call.outputs]
            call.past_activation = any(map(arrays.past_activation, call.outputs))
            backs = [arrays.gradient(place) for place in call.inputs]
            call.input_gradient_norm = norm(b for b in backs if b is not None)
            if call.reads is not None:
                call.read = to_numpy(done.seen[call.reads])
            if call.sequence is not None:
                mask = None if call.mask is None else done.seen[call.mask]
                back = arrays.gradient(call.sequence)
                call.profile = time_profile(call.layer, back, mask)
        return found


class Arrays:
    """Values of tapped tensors and their gradients as arrays, each converted once."""

    def __init__(self, done: Pass, backs: list, logits: dict, scale: float) -> None:
        self.tapped, self.backs, self.logits, self.scale = (
            done.tapped,
            backs,
            logits,
            scale,
        )
        self.value = functools.cache(self.value)  # type: ignore[method-assign]
        self.gradient = functools.cache(self.gradient)  # type: ignore[method-assign]

    def value(self, place: int) -> np.ndarray:
        return to_numpy(self.tapped[place])

    def past_activation(self, place: int) -> bool:
        """Whether the loss reads logits instead of this tensor."""
        logits = self.logits.get(place)
        if logits is None or self.backs[place] is not None:
            return False
        return self.backs[logits] is not None

    def gradient(self, place: int) -> np.ndarray | None:
        """dL/d(tensor), or dL/d(logits) where the loss reads these instead."""
        back = self.backs[place]
        if self.past_activation(place):
            back = self.backs[self.logits[place]]
        if back is None:
            return None
        return entries(back) if self.scale == 1 else entries(back) / self.scale


def time_profile(layer: Any, back: np.ndarray | None, mask: Any) -> np.ndarray | None:
    """Norm of dL/d(input) by step (samples, steps), in the order in which it is read.

    NaN where a step is masked. None where no path leads to the input.
    """
    if back is None or back.ndim < 3:
        return None
    norms = np.sqrt(
        np.square(back, dtype="float64").reshape(*back.shape[:2], -1).sum(-1)
    )
    if mask is not None:
        norms[~to_numpy(mask).astype(bool)] = np.nan
    return norms[:, ::-1] if getattr(layer, "go_backwards", False) else norms


@contextmanager
def recorded(model: Any, memory: dict | None = None) -> Iterator[Calls]:
    """Yield calls that fill with every layer that runs.

    They are those in the memory where what was compiled runs no layer any more.
    """
    calls = Calls(model) if memory is None else memory.setdefault("calls", Calls(model))
    original = keras.layers.Layer.__call__

    def run(layer: Any, *args: Any, **kwargs: Any) -> Any:
        return calls.run(original, layer, args, kwargs)

    keras.layers.Layer.__call__ = run
    try:
        yield calls
    finally:
        keras.layers.Layer.__call__ = original


# Measures of one layer


def measure(call: Call, gradients: dict, updates: dict, count: int) -> Layer:
    """The measures of one layer.

    gradients, updates: id of weight -> its gradient, and the optimizer's next step.
    """
    weights = [w for w in call.weights if w.trainable]
    size = sum(int(np.prod(w.shape)) for w in weights)
    row = Layer(call.name, type(call.layer).__name__, size)
    found = [gradients[id(w)] for w in weights if id(w) in gradients]
    backs = [back for back in call.gradients if back is not None]
    row.nonfinite = lost([*call.values, *found, *backs])
    if weights:
        row.weight_norm = norm(map(to_numpy, weights))
    if found:
        row.gradient_norm = norm(found)
        row.gradient_rms = row.gradient_norm / size**0.5
        row.zeros = 1 - sum(np.count_nonzero(g) for g in found) / size
        moved = [updates[id(w)] for w in weights if id(w) in updates]
        if moved and row.weight_norm:
            row.update_ratio = norm(moved) / row.weight_norm
    if backs:
        seen = [by_logits(call, *pair) for pair in zip(call.values, call.gradients)]
        seen = [back for back in seen if back is not None]
        row.output_gradient_norm = norm(seen)
        row.output_gradient_rms = (
            row.output_gradient_norm / sum(g.size for g in seen) ** 0.5
        )
    if call.values and not lost(call.values):
        axis = unit_axis(call.layer)
        values = [thin_out(a, axis) for a in call.values]
        total = np.concatenate([a.ravel() for a in values])
        row.mean = float(total.mean(dtype="float64"))
        row.std = float(total.std(dtype="float64"))
        row.dead, row.saturated = dead(call, axis), saturated(call, total)
        row.cosine = cosine(values[0], count)
    row.time_ratio = time_ratio(call.profile)
    return row


def quick_square(array: np.ndarray) -> float | None:
    """The sum of squares of a large array; None where float32 would not hold it."""
    if array.size < MANY:
        return None
    square = float(np.dot(array.ravel(), array.ravel()))
    return square if 1e-20 < square < 1e30 else None


def thin_out(array: np.ndarray, axis: int = -1) -> np.ndarray:
    """Evenly spaced places of a large array of images or sequences.

    As many as statistics need: (samples, places, units), or with units at `axis`.
    """
    if array.size <= MANY or array.ndim < 3:
        return array
    units = np.moveaxis(array, axis, -1)
    places = units.reshape(len(array), -1, units.shape[-1])
    step = -(-array.size // MANY) | 1  # odd, so that it meets all columns of an image
    return np.moveaxis(places[:, :: min(step, places.shape[1])], -1, axis)


def norm(arrays: Iterable) -> float:
    """Root of the sum of squares of all entries, which may be below 1e-19."""
    given = [np.asarray(a) for a in arrays]
    quick = [quick_square(a) for a in given]
    if given and None not in quick:
        return float(np.sqrt(sum(quick)))  # type: ignore[arg-type]
    found = [a for a in given if a.size]
    largest = max((float(np.abs(a).max()) for a in found), default=0.0)
    if not largest or not np.isfinite(largest):
        return largest
    squares = (np.sum(np.square(a / largest), dtype="float64") for a in found)
    return largest * float(np.sqrt(sum(squares)))


def lost(arrays: list) -> float:
    """Share of NaN and infinite values."""
    arrays = [a for a in arrays if quick_square(a) is None]
    count = sum(a.size - np.count_nonzero(np.isfinite(a)) for a in arrays)
    return float(count / max(sum(a.size for a in arrays), 1))


def activation(layer: Any) -> str | None:
    """Name of the activation whose values a layer's outputs are."""
    if isinstance(layer, keras.layers.ReLU):
        return None if layer.negative_slope else "relu"
    if isinstance(layer, keras.layers.Softmax):
        return "softmax"
    simple = isinstance(layer, keras.layers.SimpleRNN)
    if isinstance(layer, keras.layers.RNN) and not simple:
        return None
    return getattr(getattr(layer, "activation", None), "__name__", None)


def by_logits(call: Call, value: np.ndarray, back: np.ndarray | None) -> Any:
    """Of an output of the model, dL/d(logits) from dL/d(output)."""
    kind = activation(call.layer)
    if back is None or not call.head or call.past_activation:
        return back
    if kind == "sigmoid":
        return back * value * (1 - value)
    if kind == "softmax":
        return value * (back - np.sum(value * back, axis=-1, keepdims=True))
    return back


def unit_axis(layer: Any) -> int:
    return 1 if getattr(layer, "data_format", None) == "channels_first" else -1


def dead(call: Call, axis: int) -> float | None:
    """Share of units that are zero for every sample after a ReLU.

    Or get no gradient from any; None if unknown.
    """
    values = [thin_out(a, axis) for a in call.values]
    backs = [thin_out(a, axis) for a in call.gradients if a is not None]
    rectified = activation(call.layer) in ("relu", "relu6")
    signals = [values] if rectified and all((a >= 0).all() for a in values) else []
    if call.weights and len(backs) == len(values) and norm(backs):
        signals.append(backs)
    units = values[0].shape[axis] if values[0].ndim > 1 else 0
    if not signals or not units or sum(a.size for a in values) < ENOUGH * units:
        return None

    def speaks(array: np.ndarray) -> np.ndarray:
        return np.any(np.moveaxis(array, axis, -1).reshape(-1, units), axis=0)

    heard = [np.any([speaks(a) for a in arrays], axis=0) for arrays in signals]
    return float(1 - np.mean(np.all(heard, axis=0)))


def saturated(call: Call, outputs: np.ndarray) -> float | None:
    """Share of a layer's outputs on a flat part of its activation.

    None where that cannot be told from outputs.
    """
    name = activation(call.layer)
    low = 0 if name in ("sigmoid", "hard_sigmoid") else -1
    if name not in SLOPES or outputs.min() < low or outputs.max() > 1:
        return None
    return float(np.mean(SLOPES[name](outputs) < FLAT))


def cosine(features: np.ndarray, count: int) -> float | None:
    """Mean cosine between two different samples' features (samples, ...).

    None where there are no two.
    """
    if features.ndim < 2 or len(features) != count:
        return None
    flat = features.reshape(count, -1).astype("float64")
    lengths = np.linalg.norm(flat, axis=1, keepdims=True)
    units = flat[lengths[:, 0] > 0] / lengths[lengths[:, 0] > 0]
    n = len(units)
    if n < 2:
        return None
    return float((np.sum(np.square(units.sum(axis=0))) - n) / (n * (n - 1)))


def time_ratio(profile: np.ndarray | None) -> float | None:
    """Of the gradient that steps get, the first one's norm over the largest."""
    if profile is None or profile.shape[1] < 2:
        return None
    steps = np.sqrt(np.nanmean(np.square(profile), axis=0))
    steps = steps[np.isfinite(steps)]
    return float(steps[0] / steps.max()) if steps.size > 1 and steps.max() else None


def updates(
    record: Record, weights: list, gradients: list, memory: dict | None = None
) -> tuple:
    """id of weight -> the optimizer's next step, -> its value afterwards; and notes.

    The step is found on copies.
    """
    optimizer = getattr(record.model, "optimizer", None)
    if optimizer is None and not record.own_step:
        return {}, {}, ["no optimizer, so no update: compile the model to see it"]
    if optimizer is None:
        return {}, {}, ["no update: the model has several optimizers"]
    # Of mixed precision, without its scale.
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    try:
        with no_gradients():
            twin = twin_of(optimizer, weights, memory)
            new = next_weights(optimizer, twin, weights, gradients, record.scale)
    except Exception as error:  # of an optimizer that others wrote
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        return {}, {}, [f"no update, for the optimizer could not be copied: {reason}"]
    moved = {id(w): new[id(w)] - to_numpy(w) for w in weights if id(w) in new}
    clips = dict.fromkeys(("clipnorm", "global_clipnorm", "clipvalue"))
    if any(getattr(optimizer, name, None) for name in clips):
        with no_gradients():
            twin = twin_of(optimizer, weights, None, **clips)
            free = next_weights(optimizer, twin, weights, gradients, record.scale)
        whole = norm(free[id(w)] - to_numpy(w) for w in weights if id(w) in free)
        record.clipped = norm(moved.values()) / whole if whole else None
    return moved, new, []


def twin_of(
    optimizer: Any, weights: list, memory: dict | None, **changes: Any
) -> tuple[Any, list]:
    """A copy of an optimizer, with other options, and the variables that it moves."""
    if memory and "twin" in memory:
        return memory["twin"]
    twin = type(optimizer).from_config({**optimizer.get_config(), **changes})
    # Of arrays of their own: PyTorch would share the weights' memory.
    copies = [
        keras.Variable(np.array(to_numpy(w)), dtype=w.dtype, name=w.name)
        for w in weights
    ]
    twin.build(copies)
    if memory is not None:
        memory["twin"] = twin, copies
    return twin, copies


def next_weights(
    optimizer: Any, twin: tuple[Any, list], weights: list, gradients: list, scale: float
) -> dict:
    """id of weight -> its value after a step of the copy of the optimizer."""
    moving, copies = twin
    for ours, theirs in zip(copies, weights):
        ours.assign(np.array(to_numpy(theirs)))
    held = optimizer.variables if optimizer.built else ()
    for ours, theirs in zip(moving.variables, held):
        ours.assign(theirs)
    if scale != 1:
        gradients = [g if g is None else whole_precision(g) / scale for g in gradients]
    pairs = [(g, c) for g, c in zip(gradients, copies) if g is not None]
    if pairs:
        moving.apply(*map(list, zip(*pairs)))
    moved = zip(weights, copies, gradients)
    return {id(w): np.array(to_numpy(c)) for w, c, g in moved if g is not None}


def whole_precision(gradient: Any) -> Any:
    return keras.ops.cast(keras.ops.convert_to_tensor(gradient), "float32")


# The model's outputs


def parts(structure: Any, names: list, count: int) -> list:
    """One entry for each of `count` outputs of a model; None where it is unknown."""
    if isinstance(structure, dict):
        return [structure.get(name) for name in names] or [None] * count
    found = keras.tree.flatten(structure)
    return found if len(found) == count else [None] * count


def heads(record: Record, calls: Calls, loss: Any) -> list[Head]:
    """What each output of the model holds, and what the loss makes of it."""
    model, count = record.model, len(calls.outputs)
    loss = loss or (None if owns_loss(model) else getattr(model, "loss", None))
    names = list(getattr(model, "output_names", []))[:count]
    labels, losses = parts(record.y, names, count), parts(loss, names, count)
    arrays = calls.arrays
    found = []
    for k, place in enumerate(calls.outputs):
        maker = maker_of(place, record.calls)
        head = Head(
            maker.name if maker else None,
            activation(maker.layer) if maker else operation(model, k),
            arrays.value(place),
            arrays.gradient(place),
            labels[k],
            losses[k],
            arrays.past_activation(place),
        )
        found.append(head)
    return found


def maker_of(place: int, calls: list[Call]) -> Call | None:
    """The call whose values an output holds; not one that only shapes them anew."""
    shapers = keras.layers.Reshape, keras.layers.Flatten, keras.layers.Dropout
    for call in calls:
        if place in call.outputs:
            if isinstance(call.layer, shapers) and call.inputs:
                return maker_of(call.inputs[0], calls)
            return call
    return None


def operation(model: Any, k: int) -> str | None:
    """The last operation of a functional model's output, as an activation's name."""
    outputs = keras.tree.flatten(getattr(model, "outputs", None) or [])
    history = getattr(outputs[k], "_keras_history", None) if k < len(outputs) else None
    return type(history.operation).__name__.lower() if history else None

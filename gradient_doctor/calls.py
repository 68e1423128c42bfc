"""The layers of a model at work: what each was given, and what it passed on."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from gradient_doctor.backend import Pass, entries, to_numpy

OPAQUE = keras.layers.RNN, keras.layers.TimeDistributed  # they loop over their inside

SCALES = keras.layers.BatchNormalization, keras.layers.LayerNormalization


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
    leads. input_gradients: those that are known. read: what its first input held.
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
    input_gradients: list[np.ndarray] = field(default_factory=list)
    read: np.ndarray | None = None
    profile: np.ndarray | None = None

    @property
    def name(self) -> str:
        """Names from the outermost inner model to the layer, with slashes."""
        inner = self.parent and self.parent.parent
        return (f"{self.parent.name}/" if inner else "") + self.layer.name  # type: ignore[union-attr]


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
            call.input_gradients = [back for back in backs if back is not None]
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

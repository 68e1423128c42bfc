"""What differs between TensorFlow, JAX and PyTorch: gradients and random states.

Each backend differentiates `run(tap, see)`: it computes the losses, hands each tensor
whose gradient is wanted to `tap`, which returns the tensor to go on with, and each
whose value alone is wanted to `see`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, NamedTuple

import keras
import numpy as np

Run = Callable[[Callable, Callable], tuple]


class Pass(NamedTuple):
    """One forward pass, ready to be differentiated.

    losses: what `run` returned. tapped, seen: the tensors. pull(k, scale): gradients
    of scale * losses[k] by weights and by tensors, None where no path leads.
    """

    losses: tuple
    tapped: list
    seen: list
    pull: Callable[[int, float], tuple[list, list]]


def forward_pass(run: Run, weights: list, memory: dict | None = None) -> Pass:
    """Run, so that gradients by weights and by tapped tensors can be taken.

    memory: of passes of the same `run` before, in which JAX keeps what it has
    compiled; with all other variables of the model as "variables".
    """
    name = keras.backend.backend()
    if name == "jax":
        return jax_pass(run, weights, memory)
    if name == "torch":
        return torch_pass(run, weights)
    if name == "tensorflow":
        return tensorflow_pass(run, weights)
    raise RuntimeError(
        f"Keras runs on {name}, which takes no gradients: "
        "set KERAS_BACKEND to tensorflow, jax or torch"
    )


def tensorflow_pass(run: Run, weights: list) -> Pass:
    import tensorflow as tf

    tapped: list = []
    seen: list = []

    def tap(tensor, watch=False):
        if watch:
            tape.watch(tensor)
        tapped.append(tensor)
        return tensor

    with tf.GradientTape(persistent=True) as tape:
        losses = run(tap, seen.append)

    def pull(k, scale):
        seed = tf.cast(scale, losses[k].dtype)
        return tape.gradient(losses[k], [weights, tapped], seed)

    return Pass(losses, tapped, seen, pull)


def torch_pass(run: Run, weights: list) -> Pass:
    import torch

    tapped: list = []
    seen: list = []

    def tap(tensor, watch=False):
        if watch and not tensor.requires_grad:
            tensor = marked(tensor.detach().requires_grad_(), tensor)
        tapped.append(tensor)
        return tensor

    with torch.enable_grad():
        losses = run(tap, seen.append)

    def pull(k, scale):
        sources = [w.value for w in weights] + tapped
        wanted = [t for t in sources if t.requires_grad]
        backs = iter(
            torch.autograd.grad(
                losses[k] * scale, wanted, retain_graph=True, allow_unused=True
            )
            if losses[k].requires_grad
            else [None] * len(wanted)
        )
        found = [next(backs) if t.requires_grad else None for t in sources]
        return found[: len(weights)], found[len(weights) :]

    return Pass(losses, tapped, seen, pull)


def jax_pass(run: Run, weights: list, memory: dict | None) -> Pass:
    """Gradients by a tensor are those by a zero that is added to it."""
    import jax

    if memory is None:
        return run_jax(trace_jax(run, weights, []), weights, [])
    held = memory["variables"]
    if "traced" not in memory:
        traced = trace_jax(run, weights, held)
        memory["traced"] = {**traced, "whole": jax.jit(traced["whole"])}
    return run_jax(memory["traced"], weights, held)


def run_jax(traced: dict, weights: list, held: list) -> Pass:
    """A pass by a function that `trace_jax` made."""
    given = [w.value for w in weights], [v.value for v in held], traced["zeros"]
    done: dict[float, tuple] = {1.0: traced["whole"](*given, 1.0)}
    losses, tapped, seen, _ = done[1.0]

    def pull(k, scale):
        if scale not in done:
            done[scale] = traced["whole"](*given, scale)
        pairs = zip(done[scale][3][k], traced["used"][k])
        found = [gradient if used else None for gradient, used in pairs]
        return found[: len(weights)], found[len(weights) :]

    return Pass(losses, tapped, seen, pull)


def trace_jax(run: Run, weights: list, held: list) -> dict:
    """A pass as a function of weights, variables that are held, zeros and a scale.

    whole: the function; zeros: one for each tensor that is tapped; used: for each
    loss, whether weights and zeros have a path to it, known once `whole` has run.
    """
    import jax

    zeros: list = []
    used: list = []

    def stateless(values, others, tap, see):
        pairs = [*zip(weights, values), *zip(held, others)]
        with keras.StatelessScope(pairs, collect_losses=True):
            return run(tap, see)

    def whole(values, others, zeros, scale):
        def shifted(values, zeros):
            left = iter(zeros)
            tapped: list = []
            seen: list = []

            def tap(tensor, watch=False):
                tapped.append(marked(tensor + next(left), tensor))
                return tapped[-1]

            return stateless(values, others, tap, seen.append), (tapped, seen)

        losses, linear, (tapped, seen) = jax.linearize(
            shifted, values, zeros, has_aux=True
        )
        transposed = jax.linear_transpose(linear, values, zeros)
        jaxpr = jax.make_jaxpr(linear)(values, zeros).jaxpr
        used[:] = [
            [v in reaching(jaxpr, output) for v in jaxpr.invars]
            for output in jaxpr.outvars
        ]
        pulled = []
        for k in range(len(losses)):
            seeds = [
                jax.numpy.full(loss.shape, scale if k == i else 0, loss.dtype)
                for i, loss in enumerate(losses)
            ]
            pulled.append(jax.tree.leaves(transposed(tuple(seeds))))
        return losses, tapped, seen, pulled

    def noted(values, zero):
        def note(tensor, watch=False):
            zeros.append(jax.numpy.zeros(tensor.shape, tensor.dtype))
            return marked(tensor + zero.astype(tensor.dtype), tensor)

        return stateless(values, [v.value for v in held], note, id)

    # Not compiled: a loss makes its variables when it is first called. Linearized as
    # in `whole`: elsewhere an operation may hand back the tensor that it was given.
    jax.linearize(noted, [w.value for w in weights], jax.numpy.zeros(()))
    return {"whole": whole, "zeros": zeros, "used": used}


def reaching(jaxpr: Any, output: Any) -> set:
    """The variables of a jaxpr on which one output depends."""
    used = set() if hasattr(output, "val") else {output}
    for equation in reversed(jaxpr.eqns):
        if used.intersection(equation.outvars):
            used.update(v for v in equation.invars if not hasattr(v, "val"))
    return used


def marked(tensor: Any, like: Any) -> Any:
    """A tensor with the mask that Keras noted on another."""
    if hasattr(like, "_keras_mask"):
        tensor._keras_mask = like._keras_mask
    return tensor


def no_gradients() -> Any:
    """A context in which variables may be assigned."""
    if keras.backend.backend() != "torch":
        return nullcontext()
    import torch

    return torch.no_grad()


@contextmanager
def fixed_chance() -> Iterator[None]:
    """Put back the states of the backend's random numbers afterwards."""
    name = keras.backend.backend()
    keep = {"tensorflow": tensorflow_chance, "torch": torch_chance}.get(name)
    with keep() if keep else nullcontext():
        yield


@contextmanager
def tensorflow_chance() -> Iterator[None]:
    import tensorflow as tf
    from tensorflow.python.eager import context

    # It seeds TensorFlow's operations, once a global seed was set.
    rng = getattr(context.context(), "_rng", None)
    state = rng and rng.getstate()
    # A kernel that is kept for its seed would go on where the examination left.
    if rng:
        rng.seed(rng.getrandbits(64))
    # So that gradients by outputs inside a tf.function exist.
    eager = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(eager)
        if rng:
            rng.setstate(state)


@contextmanager
def torch_chance() -> Iterator[None]:
    import torch

    with torch.random.fork_rng():
        yield


def entries(gradient: Any) -> np.ndarray:
    """A gradient's entries; of a sparse one the rows that the batch touches, summed."""
    if not hasattr(gradient, "dense_shape"):  # of TensorFlow alone
        return to_numpy(gradient)
    rows, place = np.unique(np.asarray(gradient.indices).ravel(), return_inverse=True)
    parts = np.asarray(gradient.values, "float64").reshape(len(place), -1)
    total = np.zeros((len(rows), parts.shape[1]))
    np.add.at(total, place, parts)
    return total


def to_numpy(tensor: Any) -> np.ndarray:
    """The values of a tensor or variable; floats in float32 at least.

    Where the backend lets its memory be read, they are not copied.
    """
    try:
        values = np.asarray(memoryview(tensor))
    except (TypeError, ValueError, BufferError):
        values = keras.ops.convert_to_numpy(tensor)
    if values.dtype.kind in "fV" and values.dtype.itemsize < 4:  # bfloat16 is a void
        values = values.astype("float32")
    return values

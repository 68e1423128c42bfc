"""A PyTorch module as a Keras model, so that it can be examined as one."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import keras

# Keras' words for what PyTorch has as modules; others are layers of no known kind.
ACTIVATIONS = {
    "ReLU": "relu",
    "ReLU6": "relu6",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "Softsign": "softsign",
    "ELU": "elu",
    "GELU": "gelu",
    "SiLU": "silu",
}
IMAGES = ("Conv", "BatchNorm", "GroupNorm", "MaxPool", "AvgPool", "Dropout2d")
LOSSES: dict[str, Callable] = {
    "CrossEntropyLoss": lambda: keras.losses.SparseCategoricalCrossentropy(True),
    "BCEWithLogitsLoss": lambda: keras.losses.BinaryCrossentropy(True),
    "BCELoss": keras.losses.BinaryCrossentropy,
    "MSELoss": keras.losses.MeanSquaredError,
    "L1Loss": keras.losses.MeanAbsoluteError,
}


def is_module(model: Any) -> bool:
    """Whether it is a plain torch.nn.Module."""
    names = {f"{kind.__module__}.{kind.__name__}" for kind in type(model).__mro__}
    is_keras = isinstance(model, keras.Layer)
    return not is_keras and "torch.nn.modules.module.Module" in names


def translate_module(module: Any, loss: Any) -> tuple[keras.Model, Any]:
    """A Keras model of a copy of the module's parts, and its loss in Keras' words.

    loss: one of PyTorch's, or a function (outputs, labels) -> value. Raises TypeError
    where Keras does not run on PyTorch.
    """
    if keras.backend.backend() != "torch":
        raise TypeError(
            "to examine a torch.nn.Module, let Keras run on PyTorch: set"
            " KERAS_BACKEND=torch in the environment before Keras is imported"
        )
    module = copy.deepcopy(module)
    if is_whole(module):
        module = keras.layers.TorchModuleWrapper(module, name="module")
        model = ModuleModel(module, [module])
    else:
        model = ModuleModel(module.forward, list(translate_parts(module)))
    kind = type(loss).__name__
    if is_module(loss) and kind in LOSSES:
        return model, LOSSES[kind]()
    return model, loss and (lambda y, outputs: loss(outputs, y))


def is_whole(part: Any) -> bool:
    """Whether a module is one layer: PyTorch's own read the weights of their parts."""
    place = type(part).__module__
    is_own = place.startswith("torch.nn") and not place.endswith(".container")
    return is_own or not list(part.children())


def translate_parts(module: Any, above: str = "") -> Iterator[keras.Layer]:
    """Put a Keras layer in place of each part that is one, and give it."""
    for name, part in list(module.named_children()):
        path = f"{above}{name}"
        if is_whole(part):
            kind = type(part).__name__
            if word := ACTIVATIONS.get(kind):
                layer = keras.layers.Activation(word, name=path)
            else:
                layer = keras.layers.TorchModuleWrapper(part, name=path)
            if kind.startswith(IMAGES):
                layer.data_format = "channels_first"
            setattr(module, name, layer)
            yield layer
        else:
            yield from translate_parts(part, f"{path}_")


class ModuleModel(keras.Model):
    """A module whose parts are Keras layers: they call each other as they did."""

    def __init__(self, run: Callable, leaves: list) -> None:
        """run: not the module itself, whose weights would count twice."""
        super().__init__()
        self.run, self.leaves = run, leaves
        self.built = True

    def call(self, x: Any, training: bool | None = None) -> Any:
        """The module's outputs."""
        return self.run(x)

"""Does PyTorch compute the gradients that Keras computes?

Fixed: fourteen settings, those of the programs that three frameworks share.
Five seeds, each with weights and batches of its own, drawn by NumPy and the
same in both. Varies: the framework, and float32 or float64. Nothing is drawn.
"""

import numpy as np
import torch
import torch.nn.functional as F
from keras_start import compare_with_keras
from same_start import NORM_EPSILON, adam_epsilon

SEEDS = range(5)
moves = 4  # copies of each network in Keras, each with its own last digits


# --8<-- [start:network]
class Network(torch.nn.Module):
    """PyTorch's own layers, with the weights of a start."""

    def __init__(self, setting, start, dtype):
        super().__init__()
        self.skips = setting.skips
        self.activation = getattr(torch, setting.activation)
        self.layers = torch.nn.ModuleList()
        self.norms = torch.nn.ModuleList()
        for kernel in start.kernels:
            n_in, n_out = kernel.shape
            layer = torch.nn.Linear(n_in, n_out)
            layer.weight.data = torch.tensor(kernel.T)  # (n_out, n_in)
            torch.nn.init.zeros_(layer.bias)  # Keras' default, not PyTorch's
            self.layers.append(layer)
            is_hidden = len(self.layers) < len(start.kernels)
            if setting.normalized and is_hidden:
                layer.bias = None  # the normalization has one
                norm = torch.nn.BatchNorm1d(n_out, eps=NORM_EPSILON)
                self.norms.append(norm)
        self.to(getattr(torch, dtype))

    def forward(self, x):
        """z of every layer; the last are the logits."""
        h, all_z = x, []
        last = len(self.layers) - 1
        for i, layer in enumerate(self.layers):
            z = layer(h)
            if i < len(self.norms):
                z = self.norms[i](z)
            all_z.append(z)
            a = self.activation(z)
            h = h + a if self.skips and 0 < i < last else a
        return all_z
        # --8<-- [end:network]


def cross_entropy(logits, y):
    """Mean over the batch, of two classes from one logit."""
    if logits.shape[1] == 1:
        y = y[:, None].to(logits.dtype)
        return F.binary_cross_entropy_with_logits(logits, y)
    return F.cross_entropy(logits, y)


def list_batches(start, dtype):
    """(x, y) of each step."""
    x = torch.tensor(start.x, dtype=getattr(torch, dtype))
    return list(zip(x, torch.tensor(start.y).long()))


# --8<-- [start:gradients]
def torch_gradients(setting, starts, dtype):
    """dL/dW and dL/dz of the first batch: (seeds, ...) by layer and kind."""
    found = []
    for start in starts:
        network = Network(setting, start, dtype)
        x, y = list_batches(start, dtype)[0]
        all_z = network(x)
        for z in all_z:
            z.retain_grad()
        cross_entropy(all_z[-1], y).backward()
        by_weight = [layer.weight.grad.T for layer in network.layers]
        by_z = [z.grad for z in all_z]
        found.append([g.numpy() for g in by_weight + by_z])
    return [np.stack(of_layer) for of_layer in zip(*found)]
    # --8<-- [end:gradients]


def torch_weights(setting, starts, dtype, corrections):
    """(kernel, bias, gain) of each layer after all steps, for each start.

    corrections: factors of Adam's learning rate, (steps,).
    """
    found = []
    for start in starts:
        network = Network(setting, start, dtype)
        kind = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}
        optimizer = kind[setting.optimizer](network.parameters(), setting.rate)
        batches = list_batches(start, dtype)
        for step, (x, y) in enumerate(batches, start=1):
            if setting.optimizer == "adam":  # epsilon in Keras' place
                optimizer.param_groups[0]["eps"] = adam_epsilon(step)
                rate = setting.rate * corrections[step - 1]
                optimizer.param_groups[0]["lr"] = rate
            optimizer.zero_grad()
            cross_entropy(network(x)[-1], y).backward()
            optimizer.step()
        found.append(list_weights(network))
    return found


def list_weights(network):
    """(kernel, bias, gain) of each layer."""
    weights = []
    for i, layer in enumerate(network.layers):
        norm = network.norms[i] if i < len(network.norms) else None
        bias = norm.bias if norm else layer.bias
        gain = norm.weight if norm else torch.ones_like(bias)
        own = (layer.weight.T, bias, gain)
        weights.append([weight.detach().numpy() for weight in own])
    return weights


found = compare_with_keras(SEEDS, moves, torch_gradients, torch_weights)
double, single = found.double, found.single
loss, own_loss, rounding_loss = found[-3:]

# Over all settings, the largest and the middle one: (seeds,).
worst, usual = {}, {}
for name, of_settings in found._asdict().items():
    worst[name] = np.max(list(of_settings.values()), axis=0)
    usual[name] = np.median(list(of_settings.values()), axis=0)
    print(f"{name}: {np.median(usual[name]):.1e}, {worst[name].max():.1e}")
of_rounding = usual["loss"] / usual["rounding_loss"]

"""What do PyTorch's defaults do to the gradient?

Fixed: width 64, twenty hidden layers, batches of 128 digits; fifty steps in
time; everything else as PyTorch has it where nothing is said. Varies: the
activation, the kind of recurrent layer. Five seeds where something is drawn.
Nothing is drawn as a figure.
"""

import numpy as np
import torch
import torch.nn.functional as F
from data import digits, draw_batches
from torch import nn

SEEDS = range(5)
width = 64
depth = 20
batch_size = 128
time_steps = 50
x_train, _, y_train, _ = digits()
x, y = draw_batches(x_train, y_train, batch_size, SEEDS)


def norm(gradient):
    """In float64: the squares of small float32 numbers are lost."""
    return float(np.linalg.norm(np.asarray(gradient, "float64")))


def find_by_z(x, y, activation, depth, spread=None):
    """dL/dz of all hidden layers, the nearest to the input first."""
    layers = [nn.Linear(width, width) for _ in range(depth)]
    head = nn.Linear(width, 10)
    if spread is not None:
        for layer in layers:
            nn.init.normal_(layer.weight, std=spread)
            nn.init.zeros_(layer.bias)
    a = torch.tensor(x)
    all_z = []
    for layer in layers:
        z = layer(a)
        all_z.append(z)
        a = activation(z)
    loss = F.cross_entropy(head(a), torch.tensor(y))
    return torch.autograd.grad(loss, all_z)


factor = {"sigmoid": [], "tanh": [], "relu": []}  # of dL/dz, a layer
for seed, x_batch, y_batch in zip(SEEDS, x, y):
    for name in factor:
        torch.manual_seed(seed)
        activation = getattr(torch, name)
        first, *_, last = find_by_z(x_batch, y_batch, activation, depth)
        ratio = norm(first) / norm(last)
        factor[name].append(ratio ** (1 / (depth - 1)))
factor = {name: np.array(values) for name, values in factor.items()}
left = {name: values ** (depth - 1) for name, values in factor.items()}

# The weights' variance times the number of inputs; the biases' spread.
torch.manual_seed(0)
dense = nn.Linear(1000, 1000)
variance = 1000 * dense.weight.var().item()
bias_spread = 1000**0.5 * dense.bias.std().item()

# Hidden layers back from the head until float32's dL/dz is exactly zero.
until_zero, until_zero_flushed = [], []
for flush, found in ((False, until_zero), (True, until_zero_flushed)):
    torch.set_flush_denormal(flush)
    for seed, x_batch, y_batch in zip(SEEDS, x, y):
        torch.manual_seed(seed)
        by_z = find_by_z(x_batch, y_batch, torch.sigmoid, 60, spread=0.05)
        is_zero = [norm(g) == 0 for g in reversed(by_z)]
        found.append(1 + is_zero.index(True))
torch.set_flush_denormal(False)
until_zero = np.array(until_zero)
until_zero_flushed = np.array(until_zero_flushed)
product = (torch.tensor(1e-30) * torch.tensor(1e-10)).item()

# dL/dx of the first step over that of the last, as a factor for one step.
step_factor = {"simple": [], "lstm": [], "gru": []}
for seed in SEEDS:
    torch.manual_seed(seed)
    sequence = torch.randn(32, time_steps, width, requires_grad=True)
    for name, kind in zip(step_factor, (nn.RNN, nn.LSTM, nn.GRU)):
        h = kind(width, width, batch_first=True)(sequence)[0][:, -1]
        loss = (h * torch.randn(h.shape)).sum()
        (by_x,) = torch.autograd.grad(loss, sequence)
        ratio = norm(by_x[:, 0]) / norm(by_x[:, -1])
        step_factor[name].append(ratio ** (1 / (time_steps - 1)))
step_factor = {name: np.array(each) for name, each in step_factor.items()}
steps_left = {
    name: values ** (time_steps - 1) for name, values in step_factor.items()
}

lstm = nn.LSTM(width, width)
both = (lstm.bias_ih_l0 + lstm.bias_hh_l0).detach()  # two that are added
forget_bias = abs(both[width : 2 * width].mean().item())
forget_spread = both[width : 2 * width].std().item()


def find_update(kind, gradient):
    """The first update over the learning rate, of a weight at zero."""
    weight = torch.zeros(1, requires_grad=True)
    optimizer = kind([weight])
    weight.grad = torch.tensor([gradient])
    optimizer.step()
    return -weight.item() / optimizer.param_groups[0]["lr"]


sizes = {"of_4": 1e-4, "of_6": 1e-6, "of_8": 1e-8, "of_10": 1e-10}
adam = {n: find_update(torch.optim.Adam, g) for n, g in sizes.items()}
rmsprop = {n: find_update(torch.optim.RMSprop, g) for n, g in sizes.items()}
# Of a first step that epsilon does not touch: of the correction alone.
adam_error = abs(find_update(torch.optim.Adam, 1e4) - 1)
weight = torch.zeros(1, requires_grad=True)
adam_epsilon = torch.optim.Adam([weight]).defaults["eps"]
rmsprop_epsilon = torch.optim.RMSprop([weight]).defaults["eps"]
rmsprop_rho = torch.optim.RMSprop([weight]).defaults["alpha"]

# A step with momentum after the rate was divided by ten, over one before.
optimizer = torch.optim.SGD([weight], 0.1, momentum=0.9)
weight.grad = torch.ones(1)
places = []
for rate in [0.1] * 50 + [0.01]:
    optimizer.param_groups[0]["lr"] = rate
    optimizer.step()
    places.append(weight.item())
before, after = np.diff(places)[-2:]
after_drop = after / before

# Norm of two tensors' gradients, 3 and 4, once they are clipped.
tensors = [torch.zeros(1, requires_grad=True) for _ in range(2)]
for tensor, gradient in zip(tensors, (3.0, 4.0)):
    tensor.grad = torch.tensor([gradient])
nn.utils.clip_grad_norm_(tensors, max_norm=1)
clipped = {"all": norm([tensor.grad.item() for tensor in tensors])}

normalize = nn.BatchNorm1d(width)
norm_epsilon = normalize.eps
norm_keeps = 1 - normalize.momentum  # share of the old average a step keeps
layer_norm_epsilon = nn.LayerNorm(width).eps
small_spread = 0.01  # of z, before it is normalized
z = (small_spread * torch.randn(batch_size, width)).requires_grad_()
weights = torch.randn(z.shape)
exact = nn.BatchNorm1d(width, eps=1e-12)
(by_z,) = torch.autograd.grad((weights * normalize(z)).sum(), z)
(exact_by_z,) = torch.autograd.grad((weights * exact(z)).sum(), z)
# dL/dz over what it is where epsilon is next to nothing.
norm_share = norm(by_z) / norm(exact_by_z)

minus_one, one = torch.tensor([-1.0]), torch.tensor([1.0])
leaky_layer = -nn.LeakyReLU()(minus_one).item()
leaky_slope = -F.leaky_relu(minus_one).item()
exact_gelu = 0.8413447460685429  # of one: the normal distribution's share
gelu_error = abs(F.gelu(one).item() - exact_gelu)


def find_saturated(z, label, loss):
    """|dL/dz|, which is one but for a tiny share, on the wrong side."""
    z = torch.tensor([z], requires_grad=True)
    loss(z, torch.tensor([label])).backward()
    return abs(z.grad.item())


def of_probability(z, label):
    return nn.BCELoss()(torch.sigmoid(z), label)


of_logit = nn.BCEWithLogitsLoss()
saturated = {
    "over_20": find_saturated(20.0, 0.0, of_probability),
    "under_20": find_saturated(-20.0, 1.0, of_probability),
    "under_40": find_saturated(-40.0, 1.0, of_probability),
    "logit": find_saturated(-40.0, 1.0, of_logit),
}

print(f"dL/dz a layer: {[f'{f.mean():.3f}' for f in factor.values()]}")
print(f"zero after {until_zero} layers; 1e-30 * 1e-10 = {product}")
print(f"dL/dx a step: {[f'{f.mean():.3f}' for f in step_factor.values()]}")
print(f"Adam's first updates: {[f'{u:.2g}' for u in adam.values()]}")
print(f"error of its correction: {adam_error:.0e}")
print(f"RMSprop's: {[f'{u:.2g}' for u in rmsprop.values()]}")
print(f"after the rate's drop: {after_drop:.2f}; clipped: {clipped}")
print(f"batch normalization lets through {norm_share:.2f}")
print(f"saturated: {saturated}")

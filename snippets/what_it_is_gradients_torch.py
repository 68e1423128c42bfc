"""How large is the gradient that each layer of a deep sigmoid network gets?

Fixed: ten layers, width 64, Glorot weights, before training. Five seeds, each
with weights and a batch of digits of its own. Prints the median norm of dL/dz
in the first layer.
"""

import numpy as np
import torch
from data import digits, draw_batches
from torch import nn

SEEDS = range(5)
depth = 10  # layers of weights, the head among them
width = 64
batch_size = 128
x_train, _, y_train, _ = digits()
# A batch for each seed: (seeds, batch, 64) and (seeds, batch).
x, y = draw_batches(x_train, y_train, batch_size, SEEDS)
cross_entropy = nn.CrossEntropyLoss()


def norms(gradients):
    """One for each layer, in float64, where no square is lost."""
    return [torch.linalg.norm(g.double()).item() for g in gradients]


# --8<-- [start:measure]
by_weight = []  # norms of dL/dW, a list of layers for each seed
by_z = []  # norms of dL/dz
for seed, x_batch, y_batch in zip(SEEDS, x, y):
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth - 1)]
    layers.append(nn.Linear(width, 10))
    for layer in layers:  # Keras' defaults, not PyTorch's
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)

    # Forward, layer by layer, to keep each z.
    a = torch.tensor(x_batch)
    pre_activations = []
    for layer in layers:
        z = layer(a)
        z.retain_grad()  # else only weights and biases keep a gradient
        pre_activations.append(z)
        a = torch.sigmoid(z)
    loss = cross_entropy(z, torch.tensor(y_batch))

    # Back: two gradients for each layer.
    loss.backward()
    by_weight.append(norms([layer.weight.grad for layer in layers]))
    by_z.append(norms([z.grad for z in pre_activations]))
# --8<-- [end:measure]

by_weight = np.array(by_weight)  # (seeds, layers)
by_z = np.array(by_z)
weight_ratio = by_weight[:, 0] / by_weight[:, -1]  # first layer / last
z_ratio = by_z[:, 0] / by_z[:, -1]
middle_share = by_weight[:, 4] / by_weight[:, -1]  # fifth layer / last
# Of dL/dz, from one hidden layer to the one before.
hidden_factor = (by_z[:, 0] / by_z[:, -2]) ** (1 / (depth - 2))

print(f"median norm of dL/dz in the first layer: {np.median(by_z[:, 0]):.1e}")

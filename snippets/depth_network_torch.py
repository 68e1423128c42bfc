"""How much of the error reaches the first layer of a deeper network?

Fixed: sigmoid layers of 64 units, Glorot weights, a batch of 128 digits, one
seed, before training. Varies: the number of hidden layers. Prints the norm of
dL/dz in the first hidden layer over that in the last one.
"""

# --8<-- [start:network]
import torch
from sklearn.datasets import load_digits
from torch import nn

pixels, labels = load_digits(return_X_y=True)
x = torch.tensor(pixels[:128] / 16, dtype=torch.float32)  # (128, 64)
y = torch.tensor(labels[:128])  # (128,)
cross_entropy = nn.CrossEntropyLoss()

left = {}
for depth in (5, 10, 20):
    torch.manual_seed(0)
    layers = [nn.Linear(64, 64) for _ in range(depth)]
    layers.append(nn.Linear(64, 10))
    for layer in layers:  # Keras' defaults, not PyTorch's
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)
    a = x
    pre_activations = []
    for layer in layers:
        z = layer(a)
        z.retain_grad()  # else only weights and biases keep a gradient
        pre_activations.append(z)
        a = torch.sigmoid(z)
    loss = cross_entropy(z, y)
    loss.backward()
    by_z = [z.grad for z in pre_activations]  # dL/dz of each layer
    norms = [torch.linalg.norm(g.double()).item() for g in by_z]
    left[depth] = norms[0] / norms[-2]  # the head is no hidden layer
    print(f"{depth:2} hidden layers: {left[depth]:.0e} is left")
# --8<-- [end:network]

# The factor of one layer, from either depth.
factor_of_five = left[5] ** (1 / 4)
factor_of_twenty = left[20] ** (1 / 19)

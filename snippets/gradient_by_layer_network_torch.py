"""Is the gradient of this network the same in all layers?

Fixed: twenty tanh layers of 64 units, small weights, a batch of 128 digits,
one seed, before training. Prints the norms of dL/dW and of dL/dz of some
layers.
"""

# --8<-- [start:network]
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)
pixels, labels = load_digits(return_X_y=True)
x = torch.tensor(pixels[:128] / 16, dtype=torch.float32)  # (128, 64)
y = torch.tensor(labels[:128])  # (128,)

layers = []
for _ in range(20):
    layers.append(nn.Linear(64, 64))
    nn.init.normal_(layers[-1].weight, std=0.05)
layers.append(nn.Linear(64, 10))
nn.init.xavier_uniform_(layers[-1].weight)  # Keras' default, not PyTorch's
for layer in layers:
    nn.init.zeros_(layer.bias)  # likewise
cross_entropy = nn.CrossEntropyLoss()


def norm(gradient):
    """In float64: the squares of small float32 numbers are lost."""
    return torch.linalg.norm(gradient.double()).item()


# --8<-- [end:network]
# --8<-- [start:gradients]
a = x
pre_activations = []
for layer in layers:
    z = layer(a)
    z.retain_grad()  # else only weights and biases keep a gradient
    pre_activations.append(z)
    a = torch.tanh(z)
loss = cross_entropy(z, y)
loss.backward()
by_weight = [layer.weight.grad for layer in layers]
by_z = [z.grad for z in pre_activations]

print("layer    dL/dW    dL/dz")
weight_norms = {}
z_norms = {}
for number in (1, 5, 10, 15, 20):
    weight_norms[number] = norm(by_weight[number - 1])
    z_norms[number] = norm(by_z[number - 1])
    print(f"{number:5}  {weight_norms[number]:.1e}  {z_norms[number]:.1e}")
# --8<-- [end:gradients]

# First hidden layer over the last one.
weight_ratio = weight_norms[1] / weight_norms[20]
z_ratio = z_norms[1] / z_norms[20]

"""What does the gradient look like inside a network?

Fixed: six layers of sigmoid units, Glorot weights, a batch of random inputs,
one seed, before training. Prints the norm of dL/dW by layer.
"""

# --8<-- [start:network]
import torch
from torch import nn

torch.manual_seed(0)
sizes = [4, 6, 6, 6, 6, 6, 2]
x = torch.randn(64, 4)
y = (x[:, 0] * x[:, 1] > 0).long()  # do both have one sign?

hidden = []
for n_in, n_out in zip(sizes[:-2], sizes[1:-1]):
    hidden += [nn.Linear(n_in, n_out), nn.Sigmoid()]
head = nn.Linear(sizes[-2], sizes[-1])
model = nn.Sequential(*hidden, head)
linear = model[::2]  # without the sigmoids
for layer in linear:  # Keras' defaults, not PyTorch's
    nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)
cross_entropy = nn.CrossEntropyLoss()

loss = cross_entropy(model(x), y)
loss.backward()
gradients = [layer.weight.grad for layer in linear]  # dL/dW

norms = [torch.linalg.norm(g.double()).item() for g in gradients]
for number, norm in enumerate(norms, start=1):
    print(f"layer {number}: {norm:.0e}")
# --8<-- [end:network]

# What pages show.
batch_size = len(x)
depth = len(norms)
first = norms[0]
last = norms[-1]
ratio = first / last
# Every layer back is smaller where this is above one.
smallest_step = min(after / before for before, after in zip(norms, norms[1:]))

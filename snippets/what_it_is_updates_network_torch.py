"""Do the early layers of one network barely update?

Fixed: ten sigmoid layers of width 64, the head among them, Glorot weights, 300
steps on batches of digits, one seed. Varies: SGD or Adam. Prints how far the
weights of some layers have moved, relative to their start, and the test
accuracy.
"""

# --8<-- [start:network]
import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

x, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(
    torch.tensor(x / 16).float(), torch.tensor(y), test_size=360, random_state=0
)
draws = np.random.default_rng(0)
batches = draws.integers(len(x_train), size=(300, 128))  # (steps, batch)


def build_network():
    torch.manual_seed(0)
    model = nn.Sequential()
    for _ in range(9):
        model.extend([nn.Linear(64, 64), nn.Sigmoid()])
    model.append(nn.Linear(64, 10))  # a logit for each digit
    for layer in model[::2]:  # Keras' defaults, not PyTorch's
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)
    return model


# --8<-- [end:network]
# --8<-- [start:train]
cross_entropy = nn.CrossEntropyLoss()
first = {}
last = {}
accuracy = {}
for name, optimizer_class, settings in [
    ("sgd", torch.optim.SGD, {"lr": 0.1}),
    # Epsilon as in Keras; PyTorch has 1e-8.
    ("adam", torch.optim.Adam, {"lr": 0.001, "eps": 1e-7}),
]:
    model = build_network()
    weights = [layer.weight.detach() for layer in model[::2]]
    start = [weight.clone() for weight in weights]
    optimizer = optimizer_class(model.parameters(), **settings)
    for rows in batches:
        optimizer.zero_grad()
        loss = cross_entropy(model(x_train[rows]), y_train[rows])
        loss.backward()
        optimizer.step()
    moved = [
        torch.linalg.norm((weight - before).double()).item()
        / torch.linalg.norm(before.double()).item()
        for weight, before in zip(weights, start)
    ]
    with torch.no_grad():
        right = model(x_test).argmax(dim=1) == y_test
    accuracy[name] = right.float().mean().item()
    first[name], last[name] = moved[0], moved[-1]
    print(f"{name}: first layer {first[name]:.0e}, last {last[name]:.0e},")
    print(f"  test accuracy {accuracy[name]:.2f}")
# --8<-- [end:train]

"""Does the spread of the first weights decide whether a deep network learns?

Fixed: twenty tanh layers of width 64, 25 epochs of Adam on digits; one network
of each kind. Varies: the initializer. It prints how large dL/dz is in
the first layer beside the last hidden one before training, and the test
accuracy after it.
"""

# --8<-- [start:data]
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

# Pixels from 0 to 1, shape (samples, 64), and the digit that each shows.
x, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(
    torch.tensor(x / 16).float(), torch.tensor(y), test_size=360, random_state=0
)
train_set = TensorDataset(x_train, y_train)
batches = DataLoader(train_set, batch_size=128, shuffle=True)
# --8<-- [end:data]
num_train = len(x_train)
num_test = len(x_test)
cross_entropy = nn.CrossEntropyLoss()


# --8<-- [start:network]
def build_network(initialize):
    torch.manual_seed(0)
    model = nn.Sequential()
    for _ in range(20):
        model.extend([nn.Linear(64, 64), nn.Tanh()])
        initialize(model[-2].weight)
    model.append(nn.Linear(64, 10))  # a logit for each digit
    nn.init.xavier_uniform_(model[-1].weight)  # Keras' default, not PyTorch's
    for layer in model[::2]:
        nn.init.zeros_(layer.bias)  # likewise
    return model


def compare_layers(model):
    """Norm of dL/dz in the first hidden layer over that in the last one."""
    zs = []  # what leaves the linear layers, (samples, 64) each

    def keep(layer, inputs, z):
        z.retain_grad()
        zs.append(z)

    hooks = [layer.register_forward_hook(keep) for layer in model[:-1:2]]
    cross_entropy(model(x_train), y_train).backward()
    for hook in hooks:
        hook.remove()
    first, *_, last = (torch.linalg.norm(z.grad.double()) for z in zs)
    return (first / last).item()


# --8<-- [end:network]
left = {}
accuracy = {}
# --8<-- [start:train]
for name, initialize in [
    ("small", lambda weight: nn.init.normal_(weight, std=0.05)),
    ("glorot", nn.init.xavier_normal_),
]:
    model = build_network(initialize)
    left[name] = compare_layers(model)
    # Epsilon as in Keras; PyTorch has 1e-8.
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, eps=1e-7)
    for _ in range(25):
        for x_batch, y_batch in batches:
            optimizer.zero_grad()
            loss = cross_entropy(model(x_batch), y_batch)
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        right = model(x_test).argmax(dim=1) == y_test
    accuracy[name] = right.float().mean().item()
    print(f"{name}: first / last dL/dz {left[name]:.1g},")
    print(f"  test accuracy {accuracy[name]:.2f}")
# --8<-- [end:train]

"""Does batch normalization let ten sigmoid layers learn?

Fixed: ten sigmoid layers of width 64, Glorot weights, 25 epochs of Adam on
digits; one network of each kind. Varies: whether sums are normalized before the
sigmoid. It prints how large dL/dz is in the first layer beside
the last hidden one before training, and the test accuracy after it.
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
def build_network(normalized):
    torch.manual_seed(0)
    model = nn.Sequential()
    for _ in range(10):
        model.append(nn.Linear(64, 64, bias=not normalized))
        if normalized:  # each unit's sums, over the batch
            model.append(nn.BatchNorm1d(64, momentum=0.1))  # 0.9 in Keras
        model.append(nn.Sigmoid())
    model.append(nn.Linear(64, 10))  # a logit for each digit
    for layer in model:
        if isinstance(layer, nn.Linear):  # Keras' defaults, not PyTorch's
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    return model


def compare_layers(model):
    """Norm of dL/dz in the first hidden layer over that in the last one."""
    zs = []  # what enters the sigmoids, (samples, 64) each

    def keep(layer, inputs):
        inputs[0].retain_grad()
        zs.append(inputs[0])

    sigmoids = [layer for layer in model if isinstance(layer, nn.Sigmoid)]
    hooks = [layer.register_forward_pre_hook(keep) for layer in sigmoids]
    cross_entropy(model(x_train), y_train).backward()
    for hook in hooks:
        hook.remove()
    first, *_, last = (torch.linalg.norm(z.grad.double()) for z in zs)
    return (first / last).item()


# --8<-- [end:network]
left = {}
accuracy = {}
# --8<-- [start:train]
for name, normalized in (("plain", False), ("normalized", True)):
    model = build_network(normalized)
    left[name] = compare_layers(model)
    # Epsilon as in Keras; PyTorch has 1e-8.
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, eps=1e-7)
    for _ in range(25):
        for x_batch, y_batch in batches:
            optimizer.zero_grad()
            loss = cross_entropy(model(x_batch), y_batch)
            loss.backward()
            optimizer.step()
    model.eval()  # normalize by running means and variances from here on
    with torch.no_grad():
        right = model(x_test).argmax(dim=1) == y_test
    accuracy[name] = right.float().mean().item()
    print(f"{name}: first / last dL/dz {left[name]:.1g},")
    print(f"  test accuracy {accuracy[name]:.2f}")
# --8<-- [end:train]

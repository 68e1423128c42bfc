"""Does a path around each layer let ten sigmoid layers learn?

Fixed: ten sigmoid layers of width 64, Glorot weights, Adam, 26 epochs of
digits. Varies: whether a layer adds its input to its output. One network of
each kind. It prints the test accuracy after training.
"""

# --8<-- [start:network]
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.nn.functional import cross_entropy

x, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(
    torch.tensor(x / 16).float(), torch.tensor(y), test_size=360, random_state=0
)


class Network(nn.Module):
    """Ten sigmoid layers; from the second on, each may add its input."""

    def __init__(self, skips):
        super().__init__()
        self.skips = skips
        self.layers = nn.ModuleList([nn.Linear(64, 64) for _ in range(10)])
        self.head = nn.Linear(64, 10)
        for layer in [*self.layers, self.head]:  # as in Keras, not PyTorch
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        hidden = torch.sigmoid(self.layers[0](x))
        for layer in self.layers[1:]:
            branch = torch.sigmoid(layer(hidden))
            hidden = hidden + branch if self.skips else branch
        return self.head(hidden)


# --8<-- [end:network]

# --8<-- [start:train]
reached = {}
for name, skips in {"plain": False, "skips": True}.items():
    torch.manual_seed(0)
    model = Network(skips)
    # Epsilon as in Keras; PyTorch has 1e-8.
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, eps=1e-7)
    for _ in range(26):
        for rows in torch.randperm(len(x_train)).split(128):
            optimizer.zero_grad()
            loss = cross_entropy(model(x_train[rows]), y_train[rows])
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        right = model(x_test).argmax(dim=1) == y_test
    reached[name] = right.float().mean().item()
    print(f"{name}: test accuracy {reached[name]:.2f}")
# --8<-- [end:train]

"""Which of the tutorial's two networks predicts closer to one?"""

import torch
from torch import nn

torch.manual_seed(0)

# Sample data: 4 samples, 2 features (XOR gate)
X = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=torch.float32)
y = torch.tensor([[0], [1], [1], [0]], dtype=torch.float32)


def train(model):
    for layer in model[::2]:  # Keras' defaults, not PyTorch's
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    for _ in range(200):
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy(model(X), y)
        loss.backward()
        optimizer.step()


# Sigmoid model (prone to vanishing gradients)
model_sigmoid = nn.Sequential(
    nn.Linear(2, 8),
    nn.Sigmoid(),
    nn.Linear(8, 8),
    nn.Sigmoid(),
    nn.Linear(8, 1),
    nn.Sigmoid(),
)
train(model_sigmoid)

# ReLU model
model_relu = nn.Sequential(
    nn.Linear(2, 8),
    nn.ReLU(),
    nn.Linear(8, 8),
    nn.ReLU(),
    nn.Linear(8, 1),
    nn.Sigmoid(),
)
train(model_relu)

# Predict
with torch.no_grad():
    pred_sigmoid = model_sigmoid(torch.tensor([[1.0, 0.0]])).numpy()
    pred_relu = model_relu(torch.tensor([[1.0, 0.0]])).numpy()
print(f"Sigmoid Prediction for [1, 0]: {pred_sigmoid[0][0]:.2f}")
print(f"ReLU Prediction for [1, 0]: {pred_relu[0][0]:.2f}")

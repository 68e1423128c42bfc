from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense
import numpy as np

# Sample data: 4 samples, 2 features (XOR gate)
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
y = np.array([0, 1, 1, 0])

# Sigmoid model (prone to vanishing gradients)
model_sigmoid = Sequential([
    Dense(8, input_dim=2, activation='sigmoid'),
    Dense(8, activation='sigmoid'),
    Dense(1, activation='sigmoid')
])
model_sigmoid.compile(optimizer='adam', loss='binary_crossentropy', metrics=['accuracy'])
model_sigmoid.fit(X, y, epochs=200, verbose=0)

# ReLU model
model_relu = Sequential([
    Dense(8, input_dim=2, activation='relu'),
    Dense(8, activation='relu'),
    Dense(1, activation='sigmoid')
])
model_relu.compile(optimizer='adam', loss='binary_crossentropy', metrics=['accuracy'])
model_relu.fit(X, y, epochs=200, verbose=0)

# Predict
pred_sigmoid = model_sigmoid.predict(np.array([[1, 0]]))
pred_relu = model_relu.predict(np.array([[1, 0]]))
print(f"Sigmoid Prediction for [1, 0]: {pred_sigmoid[0][0]:.2f}")
print(f"ReLU Prediction for [1, 0]: {pred_relu[0][0]:.2f}")

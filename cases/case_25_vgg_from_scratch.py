"""Source: keras-team/keras-applications#93 (VGG16 and VGG19 stay at 0.1 on CIFAR10; also tensorflow/models#991)
Fault: thirteen convolutions and three dense layers, ReLU, Glorot's weights, no normalization, Adam at 0.001.
Want: plain VGG hardly starts: the signal shrinks with depth; batch normalization (or He's weights and a small rate).
"""

from cases.common import *


def build(fixed=False):
    x = np.repeat(np.repeat(IMAGES, 4, axis=1), 4, axis=2)[:400]
    model = keras.Sequential([keras.Input((32, 32, 1))])
    for width, times in ((8, 2), (16, 2), (32, 3), (64, 3), (64, 3)):
        for _ in range(times):
            model.add(layers.Conv2D(width, 3, padding="same", use_bias=not fixed))
            if fixed:
                model.add(layers.BatchNormalization(momentum=0.8))
            model.add(layers.Activation("relu"))
        model.add(layers.MaxPooling2D())
    model.add(layers.Flatten())
    for _ in range(2):
        model.add(layers.Dense(256, "relu"))
    model.add(layers.Dense(10, "softmax"))
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model, x, HOT[:400], dict(epochs=8), accuracy(x, LABELS[:400])

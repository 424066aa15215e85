"""The least program that trains with Keras: imports it, reads 32 images, fits them once, prints when that step was done."""
import gzip
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np


def read(name, offset):
    with gzip.open(os.path.join(sys.argv[1], name)) as file:
        return np.frombuffer(file.read(), np.uint8, offset=offset)


class FirstStep(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        print(time.time() * 1000, flush=True)


images = read("train-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28)[:32].astype(np.float32) / 255
labels = read("train-labels-idx1-ubyte.gz", 8)[:32]
model = keras.Sequential(
    [
        keras.layers.Input([28, 28]),
        keras.layers.Flatten(),
        keras.layers.Dense(300, activation="relu"),
        keras.layers.Dense(100, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.SGD(0.01), metrics=["accuracy"])
model.fit(images, labels, batch_size=32, callbacks=[FirstStep()], verbose=0)

"""Trains for bench:train with Keras: reads commands from stdin, one JSON object a line, and answers each with one line."""
import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
import tensorflow as tf

LOSSES = {
    "sparseCategoricalCrossentropy": "sparse_categorical_crossentropy",
    "meanSquaredError": "mean_squared_error",
}
METRICS = {"accuracy": "accuracy", "meanSquaredError": "mean_squared_error"}

work = None
x = y = None
weights = []
# By steps_per_execution: a model keeps what it has traced from one turn to the next.
models = {}


def load(command):
    global work, x, y, weights
    models.clear()
    keras.backend.clear_session()
    work = command["work"]
    files = work["files"]
    x = np.fromfile(files["features"], "<f4").reshape([work["rows"], *work["featureShape"]])
    y = np.fromfile(files["labels"], "<f4").reshape([work["rows"], -1])
    if work["case"]["fit"]["loss"] == "sparseCategoricalCrossentropy":
        y = y.astype(np.int32)[:, 0]
    flat = np.fromfile(files["weights"], "<f4")
    weights = []
    for shape in work["weightShapes"]:
        size = int(np.prod(shape))
        weights.append(flat[:size].reshape(shape))
        flat = flat[size:]
    return {}


def build_layer(spec):
    kind = spec["type"]
    activation = spec.get("activation", "linear")
    if kind == "dense":
        return keras.layers.Dense(spec["units"], activation=activation)
    if kind == "flatten":
        return keras.layers.Flatten()
    if kind == "reshape":
        return keras.layers.Reshape(spec["targetShape"])
    if kind == "conv2d":
        return keras.layers.Conv2D(spec["filters"], spec["kernelSize"], activation=activation)
    if kind == "maxPooling2d":
        return keras.layers.MaxPooling2D(spec["poolSize"])
    raise ValueError(f"no layer for {kind}")


def build_model():
    plan = work["case"]["model"]
    inputs = keras.layers.Input(work["featureShape"])
    if plan["kind"] == "sequential":
        return keras.Sequential([inputs, *map(build_layer, plan["layers"])])
    hidden = keras.layers.Dense(30, activation="relu")(inputs)
    hidden = keras.layers.Dense(30, activation="relu")(hidden)
    joined = keras.layers.Concatenate()([inputs, hidden])
    return keras.Model(inputs, keras.layers.Dense(1)(joined))


def compiled(steps_per_execution):
    model = build_model()
    fit = work["case"]["fit"]
    rate = fit["optimizer"]["learningRate"]
    optimizers = {"sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam}
    model.compile(
        loss=LOSSES[fit["loss"]],
        optimizer=optimizers[fit["optimizer"]["type"]](rate),
        metrics=[METRICS[name] for name in fit["metrics"]],
        steps_per_execution=steps_per_execution,
    )
    return model


class Watch(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.epoch_ends = []
        self.epoch_losses = []

    def on_epoch_end(self, epoch, logs=None):
        self.epoch_ends.append(time.perf_counter() * 1000)
        self.epoch_losses.append(float(logs["loss"]))


class Trace(Watch):
    """Keras tells the mean over all rows of the epoch so far; what is kept is the mean since the call before."""

    def __init__(self):
        super().__init__()
        self.entries = []
        self.rows = 0
        self.sum = 0.0

    def on_train_batch_end(self, batch, logs=None):
        step = int(self.model.optimizer.iterations.numpy())
        rows = min(work["rows"], step * work["case"]["fit"]["batchSize"])
        total = float(logs["loss"]) * rows
        self.entries.append({"step": step, "loss": (total - self.sum) / (rows - self.rows)})
        self.rows, self.sum = rows, total


def fit(command):
    steps_per_execution = command["stepsPerExecution"]
    if command["trace"]:
        model, watch = compiled(steps_per_execution), Trace()
    else:
        if steps_per_execution not in models:
            models[steps_per_execution] = compiled(steps_per_execution)
        model, watch = models[steps_per_execution], Watch()
    model.set_weights(weights)
    before = int(model.optimizer.iterations.numpy())
    model.fit(
        x,
        y,
        batch_size=work["case"]["fit"]["batchSize"],
        epochs=command["epochs"],
        shuffle=command["shuffle"],
        callbacks=[watch],
        verbose=0,  # its progress bar would count against it
    )
    return {
        "epochEndsMs": watch.epoch_ends,
        "steps": int(model.optimizer.iterations.numpy()) - before,
        "epochLosses": watch.epoch_losses,
        "trace": getattr(watch, "entries", []),
    }


def forget(command):
    models.pop(command["stepsPerExecution"], None)
    return {}


def versions(_):
    return {"version": f"{keras.__version__} (TensorFlow {tf.__version__})"}


COMMANDS = {"versions": versions, "load": load, "fit": fit, "forget": forget}

for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = COMMANDS[request["do"]](request)
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)

"""bench:big-csv: an epoch of Keras over a CSV by tf.data: lines in batches, decoded together, shuffled in a buffer.

    keras-csv.py FILE TARGET BATCH SHUFFLE_BUFFER
"""
import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import tensorflow as tf

path, target, batch, buffer = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
FEATURES = 8
KINDS = tf.constant(["low", "middle", "high"])


def decode(lines):
    columns = tf.io.decode_csv(lines, [[0.0]] * (FEATURES + 1) + [[""]])
    x = tf.stack(columns[:FEATURES], axis=1)
    if target == "amount":
        return x, columns[FEATURES]
    return x, tf.argmax(tf.equal(columns[FEATURES + 1][:, None], KINDS[None, :]), axis=1)


rows = (
    tf.data.TextLineDataset(path, buffer_size=2**20)
    .skip(1)
    .shuffle(buffer, seed=1)
    .batch(batch)
    .map(decode, num_parallel_calls=tf.data.AUTOTUNE)
    .prefetch(tf.data.AUTOTUNE)
)
outputs = keras.layers.Dense(1) if target == "amount" else keras.layers.Dense(3, activation="softmax")
model = keras.Sequential([keras.Input([FEATURES]), keras.layers.Dense(32, activation="relu"), outputs])
model.compile(
    optimizer="adam",
    loss="mean_squared_error" if target == "amount" else "sparse_categorical_crossentropy",
)
steps = 0


def count(batch, logs):
    global steps
    steps += 1


start = time.perf_counter()
history = model.fit(rows, epochs=1, verbose=0, callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=count)])
secs = time.perf_counter() - start
with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))
print(json.dumps({"secs": secs, "peakMb": peak, "steps": steps, "loss": history.history["loss"][0], "version": keras.__version__}))

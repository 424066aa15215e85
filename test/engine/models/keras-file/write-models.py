"""Writes models of every kind of layer with Keras, as .keras and .h5, into a folder, and what they predict: models.json."""

import json
import logging
import sys
import warnings
from pathlib import Path

import keras
import numpy as np
from keras import layers as L

logging.disable(logging.WARNING)
FLAT, STEPS, IMAGE, VOLUME = (6,), (7, 4), (8, 6, 4), (5, 4, 6, 2)
folder = Path(sys.argv[1])
random = np.random.default_rng(1)
told = []


def write(name, model, below=None):
    """Weights all unlike, above 0 as a variance is."""
    for layer in model.layers:
        layer.set_weights([np.asarray(3.0 if weight.ndim == 0 else random.uniform(0.2, 1, weight.shape)) for weight in layer.get_weights()])
        if isinstance(layer, L.Normalization):
            layer.finalize_state()
    inputs = []
    for tensor in model.inputs:
        shape = (4, *tensor.shape[1:])
        values = random.integers(0, below, shape) if below else random.normal(size=shape)
        inputs.append(values.astype("float32"))
    outputs = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    number = len(told)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(folder / f"{number}.keras")
        model.save(folder / f"{number}.h5")
        model.save_weights(folder / f"{number}.weights.h5")
    told.append({
        "name": name,
        "file": str(number),
        "inputs": [{"shape": list(each.shape), "values": each.flatten().tolist()} for each in inputs],
        "outputs": [np.asarray(each, "float64").flatten().tolist() for each in outputs],
    })


def chain(shape, *layers, below=None):
    name = ", ".join(type(layer).__name__ for layer in layers)
    write(name, keras.Sequential([keras.Input(shape), *layers]), below)


chain(FLAT, L.Dense(3, activation="relu", kernel_regularizer="l2", kernel_initializer=keras.initializers.RandomNormal(0.1, 0.5)))
chain(STEPS, L.Dense(3, use_bias=False, kernel_constraint=keras.constraints.MaxNorm(3), activity_regularizer=keras.regularizers.L1(0.1)))
chain(FLAT, L.Dense(3, activation=L.LeakyReLU(negative_slope=0.01), kernel_regularizer=keras.regularizers.L1L2(0.1, 0.2)))
chain(FLAT, L.Dense(3, activation=keras.activations.gelu, kernel_initializer="he_normal", bias_constraint="non_neg"))
for name in """elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_tanh leaky_relu linear log_sigmoid log_softmax mish relu
relu6 selu celu sigmoid silu soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid squareplus swish tanh tanh_shrink""".split():
    chain(FLAT, L.Activation(name))
chain(IMAGE, L.Flatten())
chain(FLAT, L.Reshape((3, -1)))
chain(IMAGE, L.Permute((3, 1, 2)))
chain(FLAT, L.RepeatVector(3))
chain(FLAT, L.ReLU(max_value=0.5, negative_slope=0.1, threshold=0.2))
chain(FLAT, L.ReLU())
chain(FLAT, L.LeakyReLU(0.2))
chain(STEPS, L.PReLU(shared_axes=[1]))
chain(FLAT, L.ELU(0.7))
chain(STEPS, L.Softmax(axis=1))
chain(FLAT, L.ActivityRegularization(l1=0.1))
chain((5,), L.Embedding(9, 3), below=9)
chain(STEPS, L.Normalization())
chain(IMAGE, L.Normalization(axis=(1, 3)))
chain(FLAT, L.Normalization(mean=[1, 2, 3, 4, 5, 6], variance=[1, 2, 1, 2, 1, 2]))
chain(FLAT, L.Normalization(axis=None, mean=2.0, variance=3.0))
chain(FLAT, L.Rescaling(0.5, offset=1))
chain((3,), L.CategoryEncoding(5, output_mode="count"), below=5)
chain((3,), L.CategoryEncoding(5), below=5)
chain(FLAT, L.Discretization(bin_boundaries=[-0.5, 0, 0.5]))
chain(FLAT, L.Dropout(0.5, noise_shape=(None, 1)), L.AlphaDropout(0.5), L.GaussianDropout(0.5), L.GaussianNoise(0.5))
chain(STEPS, L.SpatialDropout1D(0.5))
chain(IMAGE, L.SpatialDropout2D(0.5))
chain(VOLUME, L.SpatialDropout3D(0.5))
chain(IMAGE, L.BatchNormalization(epsilon=0.01, momentum=0.9))
chain(STEPS, L.LayerNormalization(axis=[1, 2], center=False), L.LayerNormalization())
chain(IMAGE, L.GroupNormalization(2, scale=False))
chain(STEPS, L.UnitNormalization(axis=1))
chain(STEPS, L.RMSNormalization(epsilon=0.01))
chain(STEPS, L.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="gelu"))
chain(IMAGE, L.Conv2D(4, (3, 2), strides=(2, 1), padding="same"))
chain(IMAGE, L.Conv2D(4, 2, groups=2, use_bias=False))
chain(VOLUME, L.Conv3D(3, (2, 1, 3)))
chain(STEPS, L.Conv1DTranspose(3, 3, strides=2))
chain(IMAGE, L.Conv2DTranspose(3, 3, strides=2, padding="same"))
chain(STEPS, L.DepthwiseConv1D(3, depth_multiplier=2))
chain(IMAGE, L.DepthwiseConv2D(3, depth_multiplier=2, padding="same"))
chain(STEPS, L.SeparableConv1D(3, 3))
chain(IMAGE, L.SeparableConv2D(3, (2, 3), depth_multiplier=2))
chain(STEPS, L.MaxPooling1D(3, strides=1, padding="same"))
chain(IMAGE, L.MaxPooling2D((2, 3)))
chain(VOLUME, L.MaxPooling3D())
chain(STEPS, L.AveragePooling1D(2))
chain(IMAGE, L.AveragePooling2D(2, strides=1, padding="same"))
chain(VOLUME, L.AveragePooling3D((1, 2, 3)))
chain(STEPS, L.GlobalAveragePooling1D(keepdims=True))
chain(IMAGE, L.GlobalAveragePooling2D())
chain(VOLUME, L.GlobalAveragePooling3D())
chain(STEPS, L.GlobalMaxPooling1D())
chain(IMAGE, L.GlobalMaxPooling2D(keepdims=True))
chain(VOLUME, L.GlobalMaxPooling3D())
chain(STEPS, L.Cropping1D((1, 2)))
chain(IMAGE, L.Cropping2D(((1, 0), (2, 1))))
chain(VOLUME, L.Cropping3D((1, 0, 2)))
chain(STEPS, L.ZeroPadding1D((1, 2)))
chain(IMAGE, L.ZeroPadding2D((1, 2)))
chain(VOLUME, L.ZeroPadding3D())
chain(STEPS, L.UpSampling1D(3))
chain(IMAGE, L.UpSampling2D((2, 3), interpolation="bilinear"))
chain(VOLUME, L.UpSampling3D())
chain(STEPS, L.SimpleRNN(3, activation="relu", recurrent_initializer="identity"))
chain(STEPS, L.LSTM(3, return_sequences=True, dropout=0.1), L.LSTM(2, go_backwards=True, unit_forget_bias=False))
chain(STEPS, L.GRU(3))
chain(STEPS, L.GRU(3, reset_after=False, return_sequences=True))
chain(STEPS, L.Bidirectional(L.LSTM(3)))
chain(STEPS, L.Bidirectional(L.GRU(3, return_sequences=True), merge_mode="ave"))
chain(IMAGE, L.Conv2D(3, 2), L.BatchNormalization(trainable=False), L.Conv2D(2, 2, name="second"), L.Flatten(), L.Dense(3))

for merge in [L.Add(), L.Subtract(), L.Multiply(), L.Average(), L.Maximum(), L.Minimum(), L.Concatenate(), L.Dot(axes=1, normalize=True)]:
    given = keras.Input((5,))
    both = [L.Dense(3, name="left")(given), L.Dense(3, name="right")(given)]
    write(type(merge).__name__, keras.Model(given, merge(both)))

wide, deep = keras.Input((3,), name="wide"), keras.Input((4,), name="deep")
hidden = L.Dense(4, activation="relu")(L.Dense(4, activation="relu")(deep))
joined = L.Concatenate()([wide, hidden])
write("wide and deep", keras.Model([wide, deep], [L.Dense(1, name="main")(joined), L.Dense(2, name="aux")(hidden)]))

one, other = keras.Input((2,), name="one"), keras.Input((2,), name="other")
tower = L.Dense(2, activation="tanh", name="tower")
again = tower(L.Dense(2, name="first")(other))
total = L.Add()([tower(one), L.Dense(2, name="after")(again)])
write("a shared tower", keras.Model([one, other], [L.Dense(1, name="last")(total), again]))

given = keras.Input((5,), name="odd name with blanks")
write("names of other characters", keras.Model(given, L.Dense(2, name="my dense")(given)))

compiled = keras.Sequential([keras.Input((4,)), L.Dense(3, activation="softmax")])
compiled.compile(
    keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9), momentum=0.9),
    loss=keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
    metrics=["accuracy", keras.metrics.AUC(), keras.metrics.TopKCategoricalAccuracy(k=2)],
)
write("compiled", compiled)

(folder / "models.json").write_text(json.dumps(told))

# What Minima refuses.


@keras.saving.register_keras_serializable("mine")
class Own(L.Layer):
    def call(self, inputs):
        return inputs


refused = keras.Sequential([keras.Input((4, 4)), L.Lambda(lambda x: x * 2), Own(), L.TimeDistributed(L.Dense(2)), L.LSTM(2, stateful=False, return_state=False), L.Dense(1)])
refused.save(folder / "refused.keras")
given = keras.Input((4,))
keras.Model(given, keras.ops.sin(given) + 1).save(folder / "ops.keras")
keras.Sequential([keras.Input((4,)), keras.Sequential([L.Dense(2)], name="inner")]).save(folder / "nested.keras")

"""Writes keras-layer-defaults.json: what Keras 3's layers take, and their defaults.

Run with Keras 3 installed, from this folder: python keras-layer-defaults.py
"""

import inspect
import json

import keras

LAYERS = """Dense Activation ReLU LeakyReLU PReLU ELU Softmax Reshape Permute RepeatVector Flatten Dropout SpatialDropout1D
SpatialDropout2D SpatialDropout3D AlphaDropout GaussianDropout GaussianNoise ActivityRegularization BatchNormalization
LayerNormalization GroupNormalization UnitNormalization RMSNormalization Conv1D Conv2D Conv3D Conv1DTranspose
Conv2DTranspose Conv3DTranspose DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D Cropping1D Cropping2D
Cropping3D UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D MaxPooling1D MaxPooling2D
MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D GlobalAveragePooling1D GlobalAveragePooling2D
GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D Embedding SimpleRNN LSTM GRU
Bidirectional TimeDistributed Normalization Rescaling CategoryEncoding Discretization""".split()


def parameters(of):
    """By name: the default, or "(required)"."""
    result = {}
    for name, parameter in inspect.signature(of.__init__).parameters.items():
        if name == "self" or parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            continue
        result[name] = "(required)" if parameter.default is parameter.empty else parameter.default
    # What a base class takes through **kwargs, such as keepdims, counts too when it is set there.
    return result


table = {"keras": keras.__version__, "layers": {}}
for name in LAYERS:
    layer = getattr(keras.layers, name)
    found = parameters(layer)
    for base in layer.__mro__[1:]:
        if base.__module__.startswith("keras.src.layers") and base is not keras.layers.Layer and "kwargs" in str(
            inspect.signature(layer.__init__)
        ):
            for key, value in parameters(base).items():
                if value != "(required)":
                    found.setdefault(key, value)
    table["layers"][name] = found
for kind, names in {
    "initializers": "Zeros Ones Constant RandomNormal RandomUniform TruncatedNormal VarianceScaling GlorotUniform "
    "GlorotNormal HeUniform HeNormal LecunUniform LecunNormal Orthogonal Identity",
    "regularizers": "L1 L2 L1L2 OrthogonalRegularizer",
    "constraints": "MaxNorm NonNeg UnitNorm MinMaxNorm",
}.items():
    table[kind] = {name: parameters(getattr(getattr(keras, kind), name)) for name in names.split()}
with open("keras-layer-defaults.json", "w") as file:
    json.dump(table, file, indent=1)
    file.write("\n")

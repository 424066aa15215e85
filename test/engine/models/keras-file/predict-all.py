"""Loads every .keras file of a folder with Keras and predicts.

Inputs are in inputs.json, by the name of the file: a list of {shape, values}. Writes outputs.json in the same form, or
{error} where Keras refuses the file.
"""

import json
import sys
import warnings
from pathlib import Path

import keras
import numpy as np

def tensor(shape, values):
    """Numbers, or texts."""
    if isinstance(values[0], str):
        return keras.ops.convert_to_tensor(np.array(values).reshape(shape), dtype="string")
    return keras.ops.convert_to_tensor(np.array(values, "float32").reshape(shape))


folder = Path(sys.argv[1])
inputs = json.loads((folder / "inputs.json").read_text())
outputs = {}
for name, given in inputs.items():
    arrays = [tensor(**each) for each in given]
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            model = keras.models.load_model(folder / name)
        results = model(arrays if len(arrays) > 1 else arrays[0], training=False)
        results = results if isinstance(results, (list, tuple)) else [results]
        outputs[name] = {
            "values": [np.asarray(each, "float64").flatten().tolist() for each in results],
            "class": type(model).__name__,
            "layers": [layer.name for layer in model.layers],
            "compiled": bool(model.compiled),
            "warnings": [str(warning.message) for warning in told],
        }
        if model.compiled:
            outputs[name]["optimizer"] = model.optimizer.get_config()
    except Exception as error:
        outputs[name] = {"error": f"{type(error).__name__}: {error}"}
(folder / "outputs.json").write_text(json.dumps(outputs))

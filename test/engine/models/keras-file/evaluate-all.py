"""Loads every .keras file of a folder with Keras and evaluates it on inputs.json: {file: {x, y}}, each {shape, values}.

Writes outputs.json: {results, optimizer, warnings}, or {error}.
"""

import json
import sys
import warnings
from pathlib import Path

import keras
import numpy as np

folder = Path(sys.argv[1])
outputs = {}
for name, given in json.loads((folder / "inputs.json").read_text()).items():
    x, y = (np.array(given[key]["values"], "float32").reshape(given[key]["shape"]) for key in "xy")
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            model = keras.models.load_model(folder / name)
        outputs[name] = {
            "results": {key: np.asarray(value).tolist() for key, value in model.evaluate(x, y, return_dict=True, verbose=0).items()},
            "optimizer": [type(model.optimizer).__name__, json.loads(json.dumps(model.optimizer.get_config(), default=float))],
            "warnings": [str(warning.message) for warning in told],
        }
    except Exception as error:
        outputs[name] = {"error": f"{type(error).__name__}: {error}"}
(folder / "outputs.json").write_text(json.dumps(outputs))

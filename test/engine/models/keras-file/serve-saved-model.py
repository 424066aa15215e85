"""Serves rows by the SavedModel in a folder, as TensorFlow loads it.

Inputs are in inputs.json: {shape, values} by name. Writes outputs.json: the numbers of each output by name, and the shapes that
the signature tells.
"""

import json
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

folder = Path(sys.argv[1])
serve = tf.saved_model.load(str(folder / "model")).signatures["serving_default"]
given = json.loads((folder / "inputs.json").read_text())
tensors = {
    name: tf.constant(np.array(each["values"], "float32").reshape(each["shape"])) for name, each in given.items()
}
outputs = {name: value.numpy().flatten().tolist() for name, value in serve(**tensors).items()}
shapes = {name: spec.shape.as_list() for name, spec in serve.structured_input_signature[1].items()}
(folder / "outputs.json").write_text(json.dumps({"outputs": outputs, "shapes": shapes}))

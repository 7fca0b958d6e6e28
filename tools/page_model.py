"""Train and export the network that runs in the page of the book: handwritten digits, 32 pixels.

It is the reader's own MobileNetV2 at width 0.35, trained on scikit-learn's digits in about a minute
and exported with a fixed batch of one, as the runtime for browsers wants it. Nothing happens when
its sources have not changed. It writes into book/_static/made/, which is never committed.
"""

import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "book" / "_static" / "made"
MODEL, FACTS, MARK = FOLDER / "digits.tflite", FOLDER / "digits.json", FOLDER / "version"
SOURCES = ("tools/page_model.py", "mnv2_tutor/course/answers/mobilenet_v2.py")
LIBRARIES = ("keras==", "numpy==", "scikit-learn==", "tensorflow==")
SIDE, LEARNED, EPOCHS, BATCH = 32, 1400, 14, 50


def ensure() -> None:
    """Make the model if there is none of these sources."""
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    libraries = "\n".join(pin for pin in pins if pin.startswith(LIBRARIES))
    sources = b"".join((ROOT / name).read_bytes() for name in SOURCES)
    version = hashlib.sha256(sources + libraries.encode()).hexdigest()
    if all(path.is_file() for path in (MODEL, FACTS, MARK)) and MARK.read_text() == version:
        return
    FOLDER.mkdir(exist_ok=True)
    MARK.unlink(missing_ok=True)
    make()
    MARK.write_text(version)


def make() -> None:
    """Train, measure, export; writes the model and what the page must know about it."""
    sys.path.insert(0, str(ROOT))
    from mnv2_tutor.engine.environment import QUIET

    os.environ.update(QUIET)  # before TensorFlow is imported
    import keras
    import numpy as np
    from sklearn.datasets import load_digits

    keras.utils.set_random_seed(10)
    digits = load_digits()
    order = np.random.default_rng(10).permutation(len(digits.target))
    pixels, labels = digits.images[order], digits.target[order]
    pictures = enlarged(pixels)
    network = trained(pictures[:LEARNED], labels[:LEARNED])
    answers = network.predict(pictures[LEARNED:], verbose=0)
    right = float(np.mean(answers.argmax(axis=1) == labels[LEARNED:]))
    if right < 0.8:
        raise RuntimeError(f"the digits were not learned: {right:.2f} of those kept back are right")
    MODEL.write_bytes(exported(network))
    samples = [pixels[LEARNED:][labels[LEARNED:] == digit][0].tolist() for digit in range(10)]
    facts = {"names": [str(n) for n in range(10)], "right": round(right, 2), "samples": samples}
    FACTS.write_text(json.dumps(facts))


def enlarged(pixels: Any) -> Any:
    """Digits of 8x8 pixels from 0 to 16, as pictures from -1 to 1 of shape (n, 32, 32, 1)."""
    import numpy as np

    factor = SIDE // pixels.shape[1]
    return (pixels.repeat(factor, 1).repeat(factor, 2)[..., None] / 8 - 1).astype(np.float32)


def trained(pictures: Any, labels: Any) -> Any:
    """The network after ``EPOCHS`` passes over shifted copies of the pictures."""
    import keras

    from mnv2_tutor.engine.expected import reference

    network = reference("mobilenet_v2")((SIDE, SIDE, 1), 10, alpha=0.35)
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.9  # a minute's training: the usual 0.999 would not arrive
    moved = keras.Sequential(
        [
            keras.Input(pictures.shape[1:]),
            keras.layers.RandomTranslation(0.06, 0.06, fill_mode="constant", fill_value=-1.0),
            network,
        ]
    )
    rate = keras.optimizers.schedules.CosineDecay(3e-3, EPOCHS * len(pictures) // BATCH)
    moved.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    moved.fit(pictures, labels, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    for start in range(0, len(pictures), BATCH):  # the statistics of the pictures as they are
        network(pictures[start : start + BATCH], training=True)
    return network


def exported(network: Any) -> bytes:
    """The file: float32 for one picture at a time, its weights stored in half precision."""
    import keras
    import tensorflow as tf

    one = keras.InputSpec(shape=(1, SIDE, SIDE, 1), dtype="float32")
    with tempfile.TemporaryDirectory() as folder:
        network.export(folder, input_signature=[one], verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
        return bytes(converter.convert())


if __name__ == "__main__":
    ensure()

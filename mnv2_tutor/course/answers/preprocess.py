"""From pixels to numbers in [-1, 1]: the reference, and what people write instead."""

# Each wrong_ function is documented by its message in words/en/preprocess.toml.

import keras
import numpy as np


def reference(images: np.ndarray) -> np.ndarray:
    """0 becomes -1, 255 becomes 1; a new array."""
    return np.asarray(images, "float32") / np.float32(127.5) - np.float32(1)


def wrong_half_range(images):
    return images.astype("float32") / 255


def wrong_not_scaled(images):
    return images.astype("float32")


def wrong_only_shifted(images):
    return images.astype("float32") - 127.5


def wrong_overwritten(images):
    x = np.asarray(images, dtype="float32")
    x /= 127.5
    x -= 1
    return x


def wrong_overwritten__keras(images):
    return keras.applications.mobilenet_v2.preprocess_input(images)


def wrong_overwritten__always(images):
    x = reference(images)
    images[...] = 0
    return x


def wrong_blue_first(images):
    return reference(images)[..., ::-1]


def wrong_wraps(images):
    return (images * 2 - 255).astype("float32") / np.float32(255)


def wrong_wraps__shifted(images):
    return (images - np.asarray(128, images.dtype)).astype("float32") / np.float32(127.5)


def wrong_twice(images):
    return reference(reference(images))


def wrong_twice__halved(images):
    return reference(images.astype("float32") / 255)


def wrong_half_width(images):
    return images.astype("float32") / 255 - np.float32(0.5)


def wrong_by_128(images):
    return images.astype("float32") / 128 - 1


def wrong_by_128__centred(images):
    return (images.astype("float32") - 128) / 128


def wrong_double_precision(images):
    return images.astype("float64") / 127.5 - 1


def wrong_double_precision__of_bytes(images):
    return images / 127.5 - 1


def wrong_truncated(images):
    return np.trunc(reference(images))


def wrong_imagenet_statistics(images):
    x = images.astype("float32") / 255
    mean = np.array([0.485, 0.456, 0.406], "float32")
    return (x - mean) / np.array([0.229, 0.224, 0.225], "float32")


def wrong_mean_subtracted(images):
    return images.astype("float32")[..., ::-1] - np.array([103.939, 116.779, 123.68], "float32")


def wrong_own_statistics(images):
    x = images.astype("float32")
    return (x - x.mean()) / x.std()


def wrong_own_range(images):
    x = images.astype("float32")
    return 2 * (x - x.min()) / (x.max() - x.min()) - 1


def wrong_own_maximum(images):
    x = images.astype("float32")
    return 2 * x / x.max() - 1


def wrong_inverted(images):
    return 1 - images.astype("float32") / np.float32(127.5)


def wrong_clipped(images):
    return np.clip(reference(images), 0, 1)


def wrong_half_precision(images):
    return reference(images).astype("float16")


def wrong_extra_axis(images):
    return reference(images)[None]


def wrong_channels_first(images):
    return np.moveaxis(reference(images), -1, 0)

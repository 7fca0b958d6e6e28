"""Right and wrong answers to ``basic_block``."""

from keras import layers


def built(x, filters, block_id, adds=True, last=True):
    y = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"{block_id}_conv1")(x)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"{block_id}_conv2")(y)
    y = layers.BatchNormalization()(y)
    y = layers.Add()([x, y]) if adds else y
    return layers.ReLU()(y) if last else y


def reference(x, filters, block_id):
    return built(x, filters, block_id)


def wrong_no_shortcut(x, filters, block_id):
    return built(x, filters, block_id, adds=False)


def wrong_no_last_activation(x, filters, block_id):
    return built(x, filters, block_id, last=False)

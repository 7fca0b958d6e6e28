"""Right and wrong answers to ``halved``."""


def reference(size, stride):
    return -(-size // stride)


def wrong_rounds_down(size, stride):
    return size // stride


def wrong_one_more(size, stride):
    return size // stride + 1

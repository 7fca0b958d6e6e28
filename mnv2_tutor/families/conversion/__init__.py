"""Functions that make a TensorFlow Lite file of a network."""

"""Functions that run a TensorFlow Lite file."""

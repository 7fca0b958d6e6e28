"""Functions that make a model ready for training."""

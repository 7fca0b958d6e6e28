"""Functions that copy the weights of one network into another."""

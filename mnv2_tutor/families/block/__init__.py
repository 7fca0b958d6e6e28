"""Functions that build a block of a network on a Keras tensor."""

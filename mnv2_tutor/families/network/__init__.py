"""Functions that build a whole network."""

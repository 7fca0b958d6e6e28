"""Looking into Keras models: their layers and weights, how they behave, whose code made them."""

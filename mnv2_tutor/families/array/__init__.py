"""Functions from pixels to numbers, in NumPy."""

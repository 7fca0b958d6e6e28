"""Functions of plain Python values: numbers in, a number out."""

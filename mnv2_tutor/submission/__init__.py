"""From a submitted notebook, as bytes, to observations: cells are run in a process of their own."""

"""What a maintainer runs from the root of a checkout: ``python -m tools.book``."""

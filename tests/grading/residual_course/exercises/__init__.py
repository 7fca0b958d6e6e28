"""The exercises of the course."""

KEYS = ("halved", "basic_block")

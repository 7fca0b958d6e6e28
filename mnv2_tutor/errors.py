"""The one exception whose text is meant for the person at the keyboard."""


class Unusable(Exception):
    """Something given to us cannot be used. ``str(error)`` is one line that says what to do."""

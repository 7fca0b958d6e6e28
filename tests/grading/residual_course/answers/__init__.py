"""Right and wrong answers."""

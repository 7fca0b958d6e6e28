"""What a learner calls, and what is kept for a learner between two calls."""

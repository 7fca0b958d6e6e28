"""What every exercise of every course has: questions, observation, judgement, report."""

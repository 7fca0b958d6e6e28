"""Right ways to write each exercise. Not in answers/: they judge the judge."""

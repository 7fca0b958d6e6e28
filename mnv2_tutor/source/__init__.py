"""Source code of learners as statements: what a cell holds, and what a function needs of it."""

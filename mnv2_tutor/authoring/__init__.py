"""What authors of the course need: notebooks, fingerprints, transcripts. Learners never load it."""

"""From a submitted file to a score in the gradebook; for instructors only."""

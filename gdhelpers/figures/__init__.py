"""The figures of the course: each a function that takes data and returns a matplotlib figure."""

"""How fast grading is, and what it needs: measured against stock nbgrader and against the student code alone."""

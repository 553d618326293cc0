"""What a hidden test cell calls, one module an assignment; for instructors only."""

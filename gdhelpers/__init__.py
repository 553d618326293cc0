"""Helpers of the course on computing gradients with autograd libraries.

For students: `checks`, `data` and `quiet`. For instructors only: everything else.
"""

__version__ = "0.1.0"

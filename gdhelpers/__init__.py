"""Helpers of the course on computing gradients with autograd libraries.

For students: `checks`, `figures`, `data`, `quiet` and the command `gd lab`. For instructors only: everything else.
"""

__version__ = "0.1.0"

"""Helpers of the course on computing gradients with autograd libraries.

For students: `checks`, `figures`, `data`, `quiet` and the command `gd lab`. For instructors only: everything else.
"""

from gdhelpers import import_order

__version__ = "0.1.0"

import_order.keep()

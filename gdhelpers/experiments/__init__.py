"""The experiments of the lecture: each module computes the numbers that one figure or one table shows.

They are pure functions of NumPy arrays, for `gdhelpers.figures` to draw. A few run PyTorch or TensorFlow, and import it
only then.

>>> from gdhelpers.experiments.functions import QUOTIENT
>>> from gdhelpers.experiments.descent import descend
>>> descend(QUOTIENT.slope, 1.0, 0.02, 1)
array([ 1. , 15.8])
"""

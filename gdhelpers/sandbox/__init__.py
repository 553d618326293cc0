"""A sandbox for the process that runs a student's notebook: on Linux, without privileges and with nothing to install.

Four layers, each of which holds by itself: namespaces show no other files, processes and networks; Landlock has the
kernel check every path; seccomp refuses system calls; limits bound what a process uses.
"""

from gdhelpers.sandbox.lack import missing
from gdhelpers.sandbox.policy import LAYERS, Limits, Policy
from gdhelpers.sandbox.warden import enter

__all__ = ["LAYERS", "Limits", "Policy", "enter", "missing"]

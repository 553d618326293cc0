"""A sandbox for the process that runs a student's notebook: on Linux, without privileges and with nothing to install.

Four layers, each of which holds by itself: namespaces show no other files, processes and networks; Landlock has the
kernel check every path; seccomp refuses system calls; limits bound what a process uses. A profile is a named set of
layers: where a container forbids namespaces, root gives each submission an account and a root folder of its own.
"""

from gdhelpers.sandbox.lack import missing, profile
from gdhelpers.sandbox.policy import LAYERS, PROFILES, Limits, Policy

__all__ = ["LAYERS", "PROFILES", "Limits", "Policy", "missing", "profile"]

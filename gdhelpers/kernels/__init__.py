"""Kernels that are forked from a warm parent and run in the sandbox."""

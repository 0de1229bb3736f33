"""Measurements of the whole program on this machine: `python -m bench`. Not part of the wheel.

What is compared runs in one go, in turns, because a machine that others share is never the same twice.
"""

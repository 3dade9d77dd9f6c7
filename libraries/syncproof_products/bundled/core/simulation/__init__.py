"""Devices and a relay in virtual time: the pure nodes over links and storages that are only in memory.

One scheduler, one seed: the same seed gives the same run, to the last action.
"""

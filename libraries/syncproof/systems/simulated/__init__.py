"""Scenarios in virtual time: a product's pure nodes in this process, behind the seams that processes stand behind.

The world, its sentences, its history and its checkers are the same; what differs is what the seams lead to. So far a
link can be cut and a process killed or suspended; toxics, files and clocks are not here yet.
"""

"""Devices that people use on a command line, a command at a time, in a group of their own."""

#: The product that its suites run on where a run names none.
PRODUCT = "bundled"
NEEDS = ("command_line",)
#: The needs of its sentences in words, where they are of this workload alone.
WORDS = {"command_line": "a program for the command line"}

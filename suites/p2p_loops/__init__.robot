*** Settings ***
Documentation    Plan P, section 1: no change of a file goes round and round between peers.
Metadata         Stacks    embedded

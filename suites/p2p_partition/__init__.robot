*** Settings ***
Documentation    Plan P, section 4: peers that lose each other for a while lose nothing else.
Metadata         Stacks    embedded

*** Settings ***
Documentation    Plan P, section 3: peers that do harm, and what the others make of them.
Metadata         Stacks    embedded

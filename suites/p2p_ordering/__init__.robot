*** Settings ***
Documentation    Plan P, section 2: whatever comes in which order, and whatever clocks say, all end with the same.
Metadata         Stacks    embedded

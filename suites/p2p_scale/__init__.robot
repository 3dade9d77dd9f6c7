*** Settings ***
Documentation    Plan P, section 5: what a folder costs grows in line with the number of its peers, files and changes.
Metadata         Stacks    embedded

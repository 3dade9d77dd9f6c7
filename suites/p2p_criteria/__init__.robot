*** Settings ***
Documentation    Plan P, section 9: what a system of peers is accepted by.
Metadata         Stacks    embedded

*** Settings ***
Documentation    Plan P, section 6: who is let in, who can read what, and what becomes of those who attack.
Metadata         Stacks    embedded

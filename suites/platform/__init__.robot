*** Settings ***
Documentation    Devices on several platforms: each takes other names for the same, and none may lose what another has.
...              What needs another platform than Linux is skipped where the run names no agent there.
Metadata         Stacks    embedded

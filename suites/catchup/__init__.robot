*** Settings ***
Documentation    A device was away (asleep, offline, killed) and must end up with everything.

*** Settings ***
Documentation    A device was away (asleep, suspended, offline) and must end up with everything.

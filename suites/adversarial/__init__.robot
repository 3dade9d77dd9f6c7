*** Settings ***
Documentation    A hostile client attacks the relay: it is refused, honest devices go on, and nothing of it stays.
Metadata         Stacks    embedded

*** Settings ***
Documentation    The parts of a device, each under the load that it is there for.
Metadata         Quickly on    embedded

*** Settings ***
Documentation    Events on channels, to the WebSocket clients of several server instances joined through Redis (plan B).
Metadata         Stacks    embedded

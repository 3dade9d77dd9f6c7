*** Settings ***
Documentation    Groups that are encrypted from end to end: the relay carries what it cannot read, and a hostile line
...              costs an error and a new session, never a byte of plaintext.
Metadata         Stacks    embedded

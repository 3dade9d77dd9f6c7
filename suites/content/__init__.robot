*** Settings ***
Documentation    Large content of encrypted groups: each sealed with a key of its own, kept by the relay as a blob that
...              it cannot read, whole or not there.
Metadata         Stacks    embedded

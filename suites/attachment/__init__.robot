*** Settings ***
Documentation    Attachments: whole and in their place, or not there yet; whatever happens to them on their way.
Metadata         Quickly on    embedded

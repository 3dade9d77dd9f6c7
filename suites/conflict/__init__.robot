*** Settings ***
Documentation    Several devices write at once, and nobody's work is lost.
Metadata         Quickly on    embedded

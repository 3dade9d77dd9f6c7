*** Settings ***
Documentation    Tasks that clients create, change and delete over HTTP, and are notified of over WebSocket (plan M).
Metadata         Stacks    embedded

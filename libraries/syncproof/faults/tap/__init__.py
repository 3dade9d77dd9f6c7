"""Somebody who listens on the way between devices and their relay, and keeps every byte."""

"""Sentences about invites to a group."""

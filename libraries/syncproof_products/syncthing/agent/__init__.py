"""A device of the Syncthing product behind the agent protocol: Syncthing itself, and a user who works in its folder.

It changes files as a user does, and asks Syncthing's REST API what has come. It does not know that it is tested.
"""

"""The command line of the task server: tasks that can be changed offline, and synced when there is a server."""

"""Channels that clients subscribe to, and on which events are published to all who are subscribed, on any instance."""

#: The product that its suites run on where a run names none.
PRODUCT = "taskserver-broadcast"
NEEDS = ("workloads:channels",)

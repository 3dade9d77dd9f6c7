"""What every agent is made of, whatever the product: the agent protocol over HTTP, its pause, its clock, its events."""

"""Matrix: a real Synapse, and devices of ours that speak its client-server API."""

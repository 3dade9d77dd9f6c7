"""The bundled device as an agent: the control port that `docs/agent-protocol.yaml` describes."""

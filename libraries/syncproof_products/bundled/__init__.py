"""The bundled sync system: a relay, devices, and the pure core that both are made of."""

"""The bundled system's device: sockets, files and timers around the pure core."""

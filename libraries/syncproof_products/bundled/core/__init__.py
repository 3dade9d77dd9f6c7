"""The bundled system without its edges: pure nodes that are told what happens and say what to do."""

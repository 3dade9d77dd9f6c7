"""The defects of the bundled system: one module for each part of it that is broken."""

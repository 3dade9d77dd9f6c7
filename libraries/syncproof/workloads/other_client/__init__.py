"""Another client of a device's user."""

"""Pure parts that several of our products are made of: no I/O, no clock but the one that is passed in."""

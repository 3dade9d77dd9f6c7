"""The relay: keeps the log of every room, and hands it to the devices that are members.

`main.run(config, ready)` runs one; `python -m syncproof_products.bundled.relay --config FILE` does it by hand. What it
decides is in `core.relay`; here are its sockets, files and clock.
"""

"""End-to-end encryption and verification of a Matrix device: Olm, Megolm and SAS, as the specification has them.

The ratchets are vodozemac's. What is here is what a client owes them: keys published and looked up, room keys handed
out before what they open, everything on disk before anything depends on it.
"""

"""The relay as a pure node: what it decides, without a socket, a file, a clock or a random source of its own.

`Relay.step(now, rng, event)` answers each event with actions. The edge that drives it keeps three promises:

- it executes the actions of one step in order, before the next step;
- it applies `Commit`s in the order given, refuses one whose `previous` is not the batch committed last, and
  answers each with `Committed` or `CommitFailed`;
- it answers each `LookUp` and `ReadPage` from what is committed at the time it reads.
"""

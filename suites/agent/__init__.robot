*** Settings ***
Documentation    The agent protocol as every agent must speak it; see `docs/agents.md` to run this against yours.
...              It starts its agents as processes, whatever STACK says.
Metadata         Stacks    embedded

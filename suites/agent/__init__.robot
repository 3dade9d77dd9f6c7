*** Settings ***
Documentation    The agent protocol as every agent must speak it; see `docs/agents.md` to run this against yours.

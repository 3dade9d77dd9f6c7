"""The world of a scenario: its scheduler, its sentences, its devices and its judgement."""

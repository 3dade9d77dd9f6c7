"""What a product's manifest, its agent and its driver say, as the profile by which it is judged."""

from __future__ import annotations

from syncproof.kernel.agent import Capabilities
from syncproof.kernel.profile import Profile
from syncproof.kernel.quantities import Duration
from syncproof.systems.manifest import Manifest


def profile_of(manifest: Manifest, capabilities: Capabilities) -> Profile:
    """What a manifest says, with what its agent and its driver say."""
    messages, size = manifest.backlog
    return Profile(
        system=manifest.system,
        slack_s=Duration.parse(manifest.profile.slack).seconds,
        retry_interval_s=Duration.parse(manifest.profile.retry_interval).seconds,
        backlog_messages=messages,
        backlog_message_bytes=size,
        settings=dict(manifest.agent.settings),
        capabilities=capabilities,
        layout=manifest.layout,
        server_settings=dict(manifest.server.settings) if manifest.server else {},
        command_line=tuple(
            word.replace("{python}", manifest.python) for word in manifest.command_line.command
        ),
        command_line_env=dict(manifest.command_line.env),
        simulation=tuple(word.replace("{python}", manifest.python) for word in manifest.simulation.command),
    )

"""Sentences about kinds of clients: a command line, and assistants that work through MCP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Device
from syncproof.kernel.sentence import Sentence

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class UsesCommandLine(Sentence):
    """Let a user work on the command line: every change is a command, and so is every sync.

    The commands keep what is theirs in a folder, and can change tasks offline; the client's agent runs one process for
    each.

    Does nothing yet: it comes before the sentence that introduces the devices, and fails at once behind it.

    Example:
    | Given Bob uses the command line
    | And Alice and Bob work on one repository

    Source: plan M-11.
    """

    page = "Devices"
    template = "${device} uses the command line"
    needs = ("clients:command_line",)
    devices_are = "set"
    device: Device

    def run(self, world: World) -> None:
        world.topology.use_client(self.device.name, "command_line")


class UsesMcpOverHttp(Sentence):
    """Let an assistant work for a user, which calls the tools of the server's own Model Context Protocol endpoint.

    What it says to the server goes over the user's link.

    Does nothing yet: it comes before the sentence that introduces the devices, and fails at once behind it. The test is
    skipped where the package for it is not installed.

    Example:
    | Given Alice uses MCP over HTTP
    | And Alice and Bob work on one repository

    Source: plan M-17; Model Context Protocol, streamable HTTP.
    """

    page = "Devices"
    template = "${device} uses MCP over HTTP"
    needs = ("clients:mcp_http", "server_settings:mcp")
    devices_are = "set"
    device: Device

    def run(self, world: World) -> None:
        world.topology.use_client(self.device.name, "mcp_http")
        world.topology.set_server(mcp=1)


class UsesMcpOverStdio(Sentence):
    """Let an assistant work for a user, with a Model Context Protocol server of its own on stdio.

    The MCP server speaks to the task server over the user's link.

    Does nothing yet: it comes before the sentence that introduces the devices, and fails at once behind it. The test is
    skipped where the package for it is not installed.

    Example:
    | Given Alice uses MCP over stdio
    | And Alice and Bob work on one repository

    Source: plan M-17; Model Context Protocol, stdio.
    """

    page = "Devices"
    template = "${device} uses MCP over stdio"
    needs = ("clients:mcp_stdio",)
    devices_are = "set"
    device: Device

    def run(self, world: World) -> None:
        world.topology.use_client(self.device.name, "mcp_stdio")

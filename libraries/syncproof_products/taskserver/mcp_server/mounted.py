"""The MCP server inside of the task server: streamable HTTP at `/mcp/`, its tools on the very same API."""

from __future__ import annotations

import httpx
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette

from syncproof_products.taskserver.mcp_server.tools import make


def mount(app: Starlette) -> MCPServer:
    """Add it to the application; its `session_manager.run()` must be entered while the application is served."""
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://tasks")
    server = make(http)
    # Whoever reaches the API reaches the tools: there are no accounts, and a proxy has another name and port.
    anybody = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    inside = server.streamable_http_app(
        streamable_http_path="/", json_response=True, stateless_http=True, transport_security=anybody
    )
    app.mount("/mcp", inside)
    return server

"""`python -m syncproof_products.taskserver.mcp_server --server HOST:PORT`: speaks MCP on stdin and stdout."""

from __future__ import annotations

import argparse
import asyncio

import httpx

from syncproof_products.taskserver.mcp_server.tools import make


async def _serve(server: str, timeout_s: float) -> None:
    async with httpx.AsyncClient(base_url=f"http://{server}", timeout=timeout_s, trust_env=False) as http:
        await make(http).run_stdio_async()


def main() -> None:
    """Until stdin ends."""
    parser = argparse.ArgumentParser(
        prog="tasks-mcp", description="Tasks of a task server, over MCP on stdio."
    )
    parser.add_argument("--server", required=True, help="host:port of the task server")
    parser.add_argument("--timeout", type=float, default=15.0, help="seconds without an answer")
    given = parser.parse_args()
    asyncio.run(_serve(given.server, given.timeout))


if __name__ == "__main__":
    main()

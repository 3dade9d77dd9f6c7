"""Tasks that several clients create, change and delete, alone and in batches, and are notified of."""

#: The product that its suites run on where a run names none.
PRODUCT = "taskserver"
NEEDS = ("workloads:tasks",)
#: The needs of its sentences in words, where they are of this workload alone.
WORDS = {
    "clients:command_line": "a client for the command line",
    "clients:mcp_http": "a client that works through MCP over HTTP",
    "clients:mcp_stdio": "a client that works through MCP over stdio",
    "server_settings:breaker_failures": "a server with a circuit breaker whose manifest says when it opens",
    "server_settings:mcp": "a server that speaks MCP",
    "server_settings:rate_limit": "a server whose manifest says how many requests it admits",
    "settings:workers": "devices whose manifest says how many requests they send at once",
}

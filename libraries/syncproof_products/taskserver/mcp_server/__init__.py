"""The tasks for assistants: a Model Context Protocol server over the HTTP API, on stdio or mounted at `/mcp/`.

It needs the package `mcp`, which `requirements.txt` of this product names.
"""

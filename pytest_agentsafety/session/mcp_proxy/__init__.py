"""A guarding proxy between an MCP client and an MCP server, both over stdio (newline-delimited JSON-RPC)."""

from pytest_agentsafety.session.mcp_proxy.running import run_proxy

__all__ = ["run_proxy"]

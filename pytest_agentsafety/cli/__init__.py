"""The `agentsafety` command."""

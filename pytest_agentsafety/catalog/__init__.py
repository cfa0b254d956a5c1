"""Suites, attacks, obfuscations, checks, the reference agent and the AgentDojo bridge."""

"""Frozen data that flows through the house. Standard library only."""

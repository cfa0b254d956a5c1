"""Where argument values come from: the user, the developer, or text that anybody could have written."""

from pytest_agentsafety.provenance.tracker import ProvenanceTracker

__all__ = ["ProvenanceTracker"]

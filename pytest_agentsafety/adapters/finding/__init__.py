"""Find the agent in a project's own source, which is read and never imported."""

from pytest_agentsafety.adapters.finding.candidates import Candidate as Candidate
from pytest_agentsafety.adapters.finding.project import Found as Found
from pytest_agentsafety.adapters.finding.project import find_agents as find_agents
from pytest_agentsafety.adapters.finding.project import with_fixture as with_fixture

__all__ = ["Candidate", "Found", "find_agents", "with_fixture"]

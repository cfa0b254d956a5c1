"""Numbers from an evidence folder. pandas is imported when a folder is computed, not before."""

from pytest_agentsafety.metrics.compare import Comparison, compare, comparison_lines
from pytest_agentsafety.metrics.folder import compute, read_metrics, write_metrics
from pytest_agentsafety.metrics.gates import GateOutcome, GateRuleLike, evaluate_gates
from pytest_agentsafety.metrics.stats import Z_ONE_SIDED_95, Z_TWO_SIDED_95, min_n_for, wilson

__all__ = [
    "Z_ONE_SIDED_95",
    "Z_TWO_SIDED_95",
    "Comparison",
    "GateOutcome",
    "GateRuleLike",
    "compare",
    "comparison_lines",
    "compute",
    "evaluate_gates",
    "min_n_for",
    "read_metrics",
    "wilson",
    "write_metrics",
]

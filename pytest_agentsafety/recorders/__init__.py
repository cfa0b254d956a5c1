"""The evidence folder: results, transcripts, the audit chain, and merging what several workers left."""

from pytest_agentsafety.recorders.append_file import EvidenceError
from pytest_agentsafety.recorders.audit import AuditLog
from pytest_agentsafety.recorders.evidence import Evidence
from pytest_agentsafety.recorders.masking import Mask
from pytest_agentsafety.recorders.merge import MergeReport, merge_workers
from pytest_agentsafety.recorders.output import open_output, worker_folder
from pytest_agentsafety.recorders.results import ResultsRecorder, read_results
from pytest_agentsafety.recorders.transcript import TranscriptRecorder
from pytest_agentsafety.recorders.verify import AuditReport, Problem, verify_audit

__all__ = [
    "AuditLog",
    "AuditReport",
    "Evidence",
    "EvidenceError",
    "Mask",
    "MergeReport",
    "Problem",
    "ResultsRecorder",
    "TranscriptRecorder",
    "merge_workers",
    "open_output",
    "read_results",
    "verify_audit",
    "worker_folder",
]

"""Spans and the structured log, both made from events."""

from pytest_agentsafety.tracing.log import JsonFormatter, LogSink
from pytest_agentsafety.tracing.spans import SpanRecorder

__all__ = ["JsonFormatter", "LogSink", "SpanRecorder"]

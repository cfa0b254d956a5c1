"""Record model traffic once, replay it strictly: `recording` writes cassettes, `Tape` answers from them."""

from pytest_agentsafety.cassettes.explain import explain
from pytest_agentsafety.cassettes.file import CassetteFileError, MissingRecordingError
from pytest_agentsafety.cassettes.fingerprint import fingerprint
from pytest_agentsafety.cassettes.recording import RecordMode, needs_recording, recording
from pytest_agentsafety.cassettes.state import Recording
from pytest_agentsafety.cassettes.tape import Tape, record_command

__all__ = [
    "CassetteFileError",
    "MissingRecordingError",
    "RecordMode",
    "Recording",
    "Tape",
    "explain",
    "fingerprint",
    "needs_recording",
    "record_command",
    "recording",
]

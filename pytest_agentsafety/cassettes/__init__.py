"""Record model traffic once, replay it strictly: `recording` writes cassettes, `Tape` answers from them."""

from pytest_agentsafety.cassettes.explain import explain
from pytest_agentsafety.cassettes.file import CassetteFileError, MissingRecordingError
from pytest_agentsafety.cassettes.fingerprint import fingerprint
from pytest_agentsafety.cassettes.recording import Recording, RecordMode, needs_recording, recording
from pytest_agentsafety.cassettes.secrets import Find, Scrubber, in_environment
from pytest_agentsafety.cassettes.tape import Tape, record_command

__all__ = [
    "CassetteFileError",
    "Find",
    "MissingRecordingError",
    "RecordMode",
    "Recording",
    "Scrubber",
    "Tape",
    "explain",
    "fingerprint",
    "in_environment",
    "needs_recording",
    "record_command",
    "recording",
]

"""Running the code that was sent, as `python FILE` would, in a process that has nothing left to give up."""

from __future__ import annotations

import os
import sys

OURS = "pytest_agentsafety."


def run(code: str, filename: str, arguments: list[str]) -> int:
    """Returns the exit status. Whatever is left of our own modules is no longer importable."""
    for name in [name for name in sys.modules if name.startswith(OURS)]:
        del sys.modules[name]
    main = type(sys)("__main__")
    main.__dict__.update(__file__=filename, __builtins__=__builtins__)
    sys.modules["__main__"] = main
    sys.argv = [filename, *arguments]
    status = 1
    try:
        status = _executed(code, filename, main.__dict__)
    finally:
        status = _finished(status)
        os._exit(status)


def _executed(code: str, filename: str, names: dict) -> int:  # type: ignore[type-arg]
    try:
        exec(compile(code, filename, "exec", dont_inherit=True), names)
    except SystemExit as stop:
        return _exit_status(stop.code)
    except BaseException as error:  # noqa: BLE001 - its traceback is the result
        _explain(error, code, filename)
        return 1
    return 0


def _exit_status(code: object) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    sys.stderr.write(f"{code}\n")
    return 1


def _explain(error: BaseException, code: str, filename: str) -> None:
    """The traceback from the user's first line on, with the lines' text, which is in no file."""
    shown = error.__traceback__.tb_next if error.__traceback__ is not None else None
    try:
        import linecache
        import traceback

        linecache.cache[filename] = (len(code), None, code.splitlines(keepends=True), filename)
        traceback.print_exception(type(error), error.with_traceback(shown), shown)
    except BaseException:  # noqa: BLE001 - no memory is left to say where
        sys.stderr.write(f"{type(error).__name__}\n")


def _finished(status: int) -> int:
    """What an interpreter does at its end: wait for threads, run the exit functions, write out what is held."""
    threading = sys.modules.get("threading")
    try:
        if threading is not None:
            threading._shutdown()
        atexit = sys.modules.get("atexit")
        if atexit is not None:
            atexit._run_exitfuncs()
    except BaseException as error:  # noqa: BLE001
        _explain(error, "", "<exit>")
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:  # noqa: BLE001 - closed by the code, or its reader is gone: Python's own status for it
            status = status or 120
    return status

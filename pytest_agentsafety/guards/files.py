"""Is an argument a file that exists?"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from urllib.parse import unquote

_LONGEST = 4_096
_FILE_URL = "file://"


def is_file(text: str, base: Path | None) -> bool:
    """Does `text`, as a path that starts at `base` (default: the working folder), name something with content?

    A folder is none. What cannot be looked at for want of rights counts: it is there.
    """
    name = text.strip()
    if not name or len(name) > _LONGEST or "\0" in name or "\n" in name:
        return False
    if name[: len(_FILE_URL)].lower() == _FILE_URL:
        name = unquote(name[len(_FILE_URL) :])
    name = os.path.expanduser(name) if name.startswith("~") else name  # noqa: PTH111 - text that may be no path
    try:
        mode = os.stat(os.path.join(base or "", name)).st_mode  # noqa: PTH116, PTH118 - as above
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return not stat.S_ISDIR(mode)

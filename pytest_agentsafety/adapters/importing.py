"""Do something to a module as soon as it is imported, now or later: agents import their framework when they please."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from threading import RLock
from types import ModuleType
from typing import Any

Callback = Callable[[ModuleType], None]


class _Watcher(MetaPathFinder):
    """Finds nothing itself: it lets the others find the module and stands behind its loader."""

    def __init__(self) -> None:
        self.callbacks: dict[str, list[Callback]] = {}
        self.lock = RLock()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in self.callbacks:
            return None
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            if finder is self or find is None:
                continue
            spec: ModuleSpec | None = find(fullname, path, target)
            if spec is not None:
                if spec.loader is not None and hasattr(spec.loader, "exec_module"):
                    spec.loader = _Behind(spec.loader, self)
                return spec
        return None

    def imported(self, module: ModuleType) -> None:
        with self.lock:
            waiting = list(self.callbacks.get(module.__name__, ()))
        for callback in waiting:
            callback(module)


class _Behind(Loader):
    """The module's own loader, and then the callbacks."""

    def __init__(self, loader: Any, watcher: _Watcher) -> None:
        self._loader, self._watcher = loader, watcher

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        made: ModuleType | None = self._loader.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        module.__loader__ = self._loader
        self._loader.exec_module(module)
        self._watcher.imported(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)


_watcher = _Watcher()


def when_imported(name: str, callback: Callback) -> Callable[[], None]:
    """Call `callback(module)` at once if the module is loaded, else right after its import. Returns what ends it."""
    with _watcher.lock:
        _watcher.callbacks.setdefault(name, []).append(callback)
        if _watcher not in sys.meta_path:
            sys.meta_path.insert(0, _watcher)
    module = sys.modules.get(name)
    if module is not None and not getattr(module.__spec__, "_initializing", False):
        callback(module)

    def end() -> None:
        with _watcher.lock:
            waiting = _watcher.callbacks.get(name, [])
            if callback in waiting:
                waiting.remove(callback)
            if not waiting:
                _watcher.callbacks.pop(name, None)
            if not _watcher.callbacks and _watcher in sys.meta_path:
                sys.meta_path.remove(_watcher)

    return end

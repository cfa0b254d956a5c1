"""The model obeyed the mail, the Gate stopped it, and the answer came; then the same with a journal, twice."""

from pathlib import Path

import surroundings

names = surroundings.run("app.py")
assert names["answer"] == "The meeting moves to noon."
names = surroundings.run("app.py", "resumable.py")
assert names["answer"] == "The meeting moves to noon."
assert Path("task.journal").exists()
names = surroundings.run("app.py", "resumable.py")
assert names["task"].finished == "The meeting moves to noon."
assert surroundings.sent == []

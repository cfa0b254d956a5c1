"""Text as a model reads it: folded, decoded, with offsets that lead back to what was written.

Knows nothing of attacks. Whoever looks for something in a text that an attacker may have written (guards, provenance)
looks in `normalise(text).views`, or in `readings(text)` where offsets do not matter.
"""

from __future__ import annotations

from pytest_agentsafety.text.reading import MAX_VIEWS as MAX_VIEWS
from pytest_agentsafety.text.reading import Normalised as Normalised
from pytest_agentsafety.text.reading import normalise as normalise
from pytest_agentsafety.text.reading import readings as readings
from pytest_agentsafety.text.views import Edits as Edits
from pytest_agentsafety.text.views import View as View

"""Train the model of the injection guard. The same data and the same packages give the same bytes.

    pip install -r benchmarks/requirements-training.txt
    python benchmarks/train_injection.py --data FOLDER [--out FILE]

FOLDER holds `injections_direct.jsonl.gz`, `injections_indirect.jsonl.gz` and `benign.jsonl.gz`: a JSON object a line
with `text`, `label` (1 = attack), `source` and `kind`. What was learned from is said in
`pytest_agentsafety/guards/MODEL_CARD.md`.
"""

from __future__ import annotations

import argparse
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:] = [str(ROOT), *(p for p in sys.path if Path(p) != Path(__file__).parent)]

from benchmarks.injection.training import shipped, texts
from pytest_agentsafety.guards.injection_model import WEIGHTS


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=ROOT / "pytest_agentsafety" / "guards" / WEIGHTS)
    args = parser.parse_args(argv)
    data = shipped(texts(args.data), print)
    args.out.write_bytes(data)
    print(f"{args.out}: {len(data)} bytes, sha256 {sha256(data).hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

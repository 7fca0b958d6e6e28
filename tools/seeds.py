"""Search for seeds that let a wrong answer pass: python -m tools.seeds EXERCISE... --seeds 1000."""

import argparse
import sys

from mnv2_tutor.authoring.seeds import lucky
from mnv2_tutor.engine.course import KEYS


def main() -> int:
    """Print what passes; 1 if anything does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("keys", nargs="*", metavar="EXERCISE", default=KEYS)
    parser.add_argument("--seeds", type=int, default=1000)
    given = parser.parse_args()
    found = 0
    for key in given.keys:
        for one in lucky(key, range(1, given.seeds + 1)):
            print(f"{one.key}: {one.name} passes at seed {one.seed}", flush=True)
            found += 1
    print(f"{found} wrong answers pass")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

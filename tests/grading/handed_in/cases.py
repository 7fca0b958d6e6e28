"""All cases, by name."""

from tests.grading.handed_in import files, forms, more, order, services, state

ALL = [case for module in (services, forms, files, state, more, order) for case in module.CASES]
CASES = {case.name: case for case in ALL}
assert len(CASES) == len(ALL), "two cases have one name"
FAST = [case.name for case in ALL if not case.slow]
SLOW = [case.name for case in ALL if case.slow]
CHECKED = [case.name for case in ALL if case.checked]

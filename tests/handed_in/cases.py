"""All cases, by name."""

from tests.handed_in import files, forms, services, state

CASES = {case.name: case for module in (services, forms, files, state) for case in module.CASES}
assert len(CASES) == sum(len(module.CASES) for module in (services, forms, files, state))
FAST = [name for name, case in CASES.items() if not case.slow]
SLOW = [name for name, case in CASES.items() if case.slow]
CHECKED = [name for name, case in CASES.items() if case.checked]

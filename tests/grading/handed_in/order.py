"""What runs when: answers that other lines of the notebook complete, before or after a slow one."""

from tests.grading.handed_in.make import Case, notebook

RULE_OF = "def use_residual(stride, c_in, c_out):\n    return stride == {} and c_in == c_out"
SLOW = "import time\ntime.sleep(8)"
ALL = {"use_residual": 10}


def one(*cells: str) -> dict[str, bytes]:
    return {"work.ipynb": notebook(*cells)}


def rule(need: str = "1") -> str:
    return RULE_OF.format(need)


SET_BY_FUNCTION = "NEED = 0\ndef init():\n    global NEED\n    NEED = 1"
REGISTRY = (
    "KINDS = {}\ndef kind(name):\n    def put(f):\n        KINDS[name] = f\n        return f\n"
    "    return put"
)
IN_REGISTRY = "@kind('a')\ndef rule(stride, c_in, c_out):\n    return stride == 1 and c_in == c_out"
BY_REGISTRY = "def use_residual(*sizes):\n    return KINDS['a'](*sizes)"

BELOW = [
    Case("set_below_by_function", one(SET_BY_FUNCTION, rule("NEED"), "init()"), ALL,
         "a call below sets a global name"),
    Case("configured_below", one("class C:\n    need = 0\n    def set(self, n):\n"
         "        self.need = n\nC = C()", rule("C.need"), "C.set(1)"), ALL,
         "a method called below configures the answer"),
    Case("registered_below", one(REGISTRY, BY_REGISTRY, IN_REGISTRY), ALL,
         "a registry is filled below the answer that asks it"),
    Case("setattr_below", one("class H:\n    need = 0", rule("H.need"), "setattr(H, 'need', 1)"),
         ALL, "an attribute is set by name below"),
    Case("globals_below", one("NEED = 0", rule("NEED"), "globals().update(NEED=1)"), ALL,
         "globals are updated below"),
    Case("alias_below", one("class H:\n    need = 0\nG = H", rule("H.need"), "G.need = 1"), ALL,
         "what an answer uses is changed below under another name"),
    Case("popped_below", one("NEED = [5, 1]", rule("NEED[0]"), "first = NEED.pop(0)"), ALL,
         "a list is changed below by a call whose result is kept"),
    Case("conditional_then_tried", one("NEED = 1\nif NEED:\n    " + rule("NEED").replace(
         "\n", "\n    "), "NEED = 2"), ALL,
         "an answer in a branch, and an experiment with its constant below"),
    Case("annotated_lambda", one("from typing import Callable\nNEED = 1\nuse_residual: Callable = "
         "lambda s, a, b: s == NEED and a == b", "NEED = 2"), ALL,
         "an annotated lambda, and an experiment below"),
    Case("dispatched", one("import functools\n@functools.singledispatch\n"
         "def use_residual(stride, c_in, c_out):\n    raise NotImplementedError",
         f"@use_residual.register(int)\n{rule().replace('use_residual', '_')}"), ALL,
         "the first function of a dispatch raises NotImplementedError, as the template does"),
    Case("checked_by_keyword", one("from mnv2_tutor import check\n"
         + rule().replace("use_residual", "skip"), "check(skip, key='use_residual')"), ALL,
         "the key is given by name"),
    Case("argv", {"work.py": b"import sys\nNEED = int(sys.argv[1]) if len(sys.argv) > 1 else 1\n"
         + rule("NEED").encode()}, ALL, "a script reads its arguments"),
    Case("argparse", {"work.py": b"import argparse\nP = argparse.ArgumentParser()\n"
         b"P.add_argument('--need', type=int, default=1)\nargs = P.parse_args()\n"
         + rule("args.need").encode()}, ALL, "a script parses its arguments"),
    Case("own_file", {"work.py": b"from pathlib import Path\n"
         b"NEED = int((Path(__file__).parent / 'need.txt').read_text())\n"
         + rule("NEED").encode(), "need.txt": b"1"}, ALL, "a script looks beside itself"),
    Case("draft_and_tests", {"use_residual.py": rule().encode(),
         "use_residual_draft.py": rule("2").encode(), "test_residual.py": rule("3").encode()}, ALL,
         "a draft and a wrong copy in tests lie beside the file that is called like the exercise",
         says=("the one in use_residual.py counts",)),
]  # fmt: skip

SLOW_BETWEEN = [
    Case("environment_then_slow", one("import os\nos.environ['NEED'] = '1'", SLOW,
         "NEED = int(os.environ['NEED'])", rule("NEED")), ALL,
         "the set-up stands above a slow line", slow=True),
    Case("module_then_slow", one("%%writefile tool.py\nNEED = 1", SLOW, "from tool import NEED",
         rule("NEED")), ALL, "a module is written above a slow line", slow=True),
    Case("slow_then_set_up", one(SLOW, SET_BY_FUNCTION, "init()", rule("NEED")), ALL,
         "the set-up stands below a slow line", slow=True),
]  # fmt: skip

CASES = [*BELOW, *SLOW_BETWEEN]

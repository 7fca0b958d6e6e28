"""Ways to write an answer, and where in a notebook it stands."""

import sys

from tests.grading.handed_in.make import (
    ACCUSATIONS,
    BOTH,
    DEPTHWISE,
    EXPANSION,
    RELU6,
    RULE,
    STUB,
    TF,
    Case,
    code,
    dumped,
    notebook,
    one,
    script,
    template,
    text,
)

WRONG = "def relu6(x):\n    return tf.nn.relu(x)"
HAS_TYPE_PARAMETERS = sys.version_info >= (3, 12)


def without_marks(stem: str, **bodies: str) -> bytes:
    whole = template(stem, **bodies)
    for cell in whole["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)
    return dumped(whole)


def merged(stem: str, **bodies: str) -> bytes:
    """All code of the template in one cell."""
    cells = template(stem, **bodies)["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return notebook("\n".join(sources))


def with_cell(stem: str, place: int, source: str, **bodies: str) -> bytes:
    whole = template(stem, **bodies)
    whole["cells"].insert(place, code(source))
    return dumped(whole)


def in_play_cell(source: str) -> bytes:
    whole = template("01_relu6")
    whole["cells"][-1]["source"] = source
    return dumped(whole)


CASES = [
    Case("template_untouched", {"01_relu6.ipynb": dumped(template("01_relu6"))},
         {"relu6": None, "use_residual": None}, "handed in as it was given out", never=(),
         says=("Nothing has been written",), checked=True),
    Case("template_filled", {"01_relu6.ipynb": dumped(template("01_relu6", relu6=RELU6))},
         {"relu6": 10}, "the course's notebook as it is meant"),
    Case("play_cell", {"01_relu6.ipynb": in_play_cell(RELU6)}, {"relu6": 10},
         "the answer stands in the last cell, which is for trying things out"),
    Case("under_the_raise", one(TF, STUB + "\n    return tf.minimum(tf.maximum(x, 0.0), 6.0)",
         RULE),
         {"use_residual": 10}, "the answer stands below the template's own raise",
         says=("raise",), checked=True),
    Case("above_the_raise",
         one(TF, RELU6 + "\n    raise NotImplementedError('Your code goes here.')", RULE),
         BOTH, "the template's own raise is left below the return"),
    Case("stub_below", one(TF, RELU6, STUB, RULE), BOTH,
         "the template's cell is kept below the answer: a stub is no answer", checked=True),
    Case("stub_above", one(TF, STUB, RELU6, RULE), BOTH, "the template's cell is kept above it"),
    Case("stub_below_in_cell", one(f"{TF}\n{RELU6}\n\n{STUB}", RULE), BOTH,
         "the stub below the answer in one cell"),
    Case("draft_then_final", one(TF, WRONG, "relu6(tf.constant([7.0]))", RELU6, RULE), BOTH,
         "a wrong draft, and the answer below", says=("last one counts",)),
    Case("marks_stripped", {"01_relu6.ipynb": without_marks("01_relu6", relu6=RELU6)},
         {"relu6": 10}, "a program dropped all metadata and ids"),
    Case("cells_merged", {"01_relu6.ipynb": merged("01_relu6", relu6=RELU6)}, {"relu6": 10},
         "all cells in one, with the lines that install the course's package"),
    Case("cells_split",
         one(code(TF, mnv2_tutor={"exercise": "relu6"}), code("LOW = 0.0", mnv2_tutor={
             "exercise": "relu6"}), code("HIGH = 6.0\ndef relu6(x):\n    return tf.clip_by_value("
             "x, LOW, HIGH)", mnv2_tutor={"exercise": "relu6"}), RULE),
         BOTH, "a cell split in three, each with its metadata"),
    Case("cells_reordered", one("relu6(tf.constant([7.0]))", "check(relu6)", RELU6, RULE, TF), BOTH,
         "cells dragged above those that they need"),
    Case("name_cell",
         {"01_relu6.ipynb": with_cell("01_relu6", 0, "NAME = O'Brien\nNUMBER = 0123", relu6=RELU6)},
         {"relu6": 10}, "name and number are typed in as if they were no Python"),
    Case("code_as_markdown", one(TF, text(RELU6), text(RULE, "raw")), BOTH,
         "the cells of both answers were changed to text"),
    Case("fenced_markdown", one(TF, text(f"My answer:\n```python\n{RELU6}\n```"), RULE),
         {"use_residual": 10}, "the answer is typed into a text cell, between fences",
         says=("Markdown|text cell|not a code cell",)),
    Case("typed",
         one("from __future__ import annotations\nfrom typing import Annotated\n"
             "import numpy as np\n\ndef relu6(x: tf.Tensor) -> 'tf.Tensor[float]':\n"
             "    '''Cap.'''\n    return tf.clip_by_value(x, 0.0, 6.0)",
             "def use_residual(stride: int, c_in: int, c_out: int) -> bool:\n"
             "    same: bool = c_in == c_out\n    return same and stride == 1"),
         BOTH, "annotations, and a import from the future first in a cell"),
    Case("unknown_annotation",
         one("def use_residual(stride: int, c_in: int, c_out: int) -> Bool:\n"
             "    return stride == 1 and c_in == c_out", RELU6),
         {"relu6": 10}, "an annotation names something that does not exist", says=("Bool",)),
    Case("lambda_answer", one("relu6 = lambda x: tf.minimum(tf.nn.relu(x), 6.0)",
         "use_residual = lambda stride, c_in, c_out: (stride == 1) & (c_in == c_out)"),
         BOTH, "answers as lambdas"),
    Case("callable_object",
         one("class Cap:\n    def __init__(self, top):\n        self.top = top\n"
             "    def __call__(self, x):\n        return tf.clip_by_value(x, 0.0, self.top)\n"
             "relu6 = Cap(6.0)", RULE),
         BOTH, "an object that can be called"),
    Case("partial", one("from functools import partial\nrelu6 = partial(tf.clip_by_value, "
         "clip_value_min=0.0, clip_value_max=6.0)", RULE),
         BOTH, "a partial of a function of TensorFlow"),
    Case("layer_instance", one("import keras\nrelu6 = keras.layers.ReLU(max_value=6.0)", RULE),
         BOTH, "a layer in place of a function"),
    Case("tf_function", one(f"@tf.function\n{RELU6}", RULE), BOTH, "compiled to a graph"),
    Case("decorated",
         one("import functools, time\ndef timed(f):\n    @functools.wraps(f)\n"
             "    def inner(*a, **k):\n        t = time.time()\n        r = f(*a, **k)\n"
             "        print(f.__name__, time.time() - t)\n        return r\n    return inner",
             f"@timed\n{RELU6}", f"@functools.lru_cache(maxsize=None)\n{RULE}"),
         BOTH, "decorators that time and remember"),
    Case("main_guard",
         script(TF, "if __name__ == '__main__':\n    " + RELU6.replace("\n", "\n    ")
                + "\n    print(relu6(tf.constant([7.0])))", RULE),
         BOTH, "the answer stands under the guard of a script"),
    Case("in_try",
         one("try:\n    import cupy as np\n    def relu6(x):\n        return np.clip(x, 0, 6)\n"
             "except ImportError:\n    " + RELU6.replace("\n", "\n    "),
             "try:\n    " + RULE.replace("\n", "\n    ") + "\nfinally:\n    print('done')"),
         BOTH, "defined in try, and where an import failed"),
    Case("in_blocks",
         one("with tf.device('/CPU:0'):\n    " + RELU6.replace("\n", "\n    "),
             "for _ in range(1):\n    " + RULE.replace("\n", "\n    ")),
         BOTH, "defined inside with and for"),
    Case("local_import",
         one("def relu6(x):\n    import tensorflow as tf\n    from math import inf\n"
             "    return tf.clip_by_value(x, 0.0, min(6.0, inf))", RULE),
         BOTH, "imports inside of the function"),
    Case("below_the_function",
         one("def relu6(x):\n    return capped(x, TOP)", "TOP = 6.0", RULE,
             "def capped(x, top):\n    return tf.clip_by_value(x, 0.0, top)"),
         BOTH, "constant and helper are defined in later cells"),
    Case("reused_below",
         one("cap = 6.0", "def relu6(x):\n    return tf.clip_by_value(x, 0.0, cap)",
             "print(relu6(tf.constant([9.0])))", RULE, "cap = 'a picture'\nx = y = t = None"),
         BOTH, "a name that the answer uses is used for something else further down"),
    Case("renamed", one(RELU6.replace("relu6", "my_relu"), "relu6 = my_relu",
         f"{RULE.replace('use_residual', 'rule')}\nuse_residual = rule"),
         BOTH, "functions of other names, given the names afterwards"),
    Case("capitals_in_place", one(TF, code(RELU6.replace("relu6", "ReLU6"), mnv2_tutor={
         "exercise": "relu6"}), RULE), {"use_residual": 10},
         "wrong capitals in the exercise's own cell", says=("ReLU6",)),
    Case("helper_with_capitals", one("import keras\nclass ReLU6(keras.layers.Layer):\n"
         "    def call(self, x):\n        return keras.ops.relu6(x)\n\nclass BottleNeck: ...",
         RULE),
         {"relu6": None, "use_residual": 10},
         "helpers in the notebook of another chapter are no attempt at its exercises"),
    Case("only_imported", one("from keras.activations import relu6", RULE, EXPANSION),
         {"relu6": None, "use_residual": 10}, "a name that was only imported is no answer"),
    Case("imported_as", one("from tensorflow.nn import relu6 as relu6\nimport keras", RULE),
         {"relu6": None, "use_residual": 10}, "the same by another module"),
    Case("type_parameters",
         one(f"{TF}\ndef relu6[T](x: T) -> T:\n    return tf.clip_by_value(x, 0.0, 6.0)", RULE),
         {"relu6": 10 if HAS_TYPE_PARAMETERS else 0, "use_residual": 10},
         "syntax of a newer Python in the answer",
         says=() if HAS_TYPE_PARAMETERS else ("3.12",), checked=True),
    Case("newer_beside",
         one(f"{TF}\ntype Pair = tuple[int, int]\n{RELU6}", "x = {'a': 1}\nprint(f'{x['a']}')",
         RULE),
         BOTH, "syntax of a newer Python in other lines of the answer's cell"),
    Case("python_two", one(f"{TF}\n{RELU6}\nprint relu6(tf.constant([7.0]))", RULE), BOTH,
         "a print without brackets below the answer"),
    Case("own_assert",
         one(f"{RELU6}\nassert float(relu6(tf.constant(7.0))) == 7, 'wrong test'\n\n{RULE}"),
         BOTH, "an assertion of their own that is wrong, between two answers"),
    Case("own_unittest",
         one(RELU6, RULE, "import unittest\nclass T(unittest.TestCase):\n    def test_a(self):\n"
             "        self.fail()\nunittest.main(argv=['x'], exit=True)"),
         BOTH, "tests of their own, which end Python"),
    Case("prints", one("for i in range(20000):\n    print(i, 'x' * 50)",
         RELU6.replace("return", "for i in range(20000):\n        print(i, x)\n    return"), RULE),
         BOTH, "prints in loops, inside of the answer too", never=(*ACCUSATIONS, "endless loop")),
    Case("check_calls", one("from mnv2_tutor import check, hint", RELU6,
         "check(relu6)\nhint('relu6')",
         RULE, "assert check(use_residual).passed", "check('nothing'); check(3)"),
         BOTH, "checks in the notebook, some of things that are no answers"),
    Case("comment_kept",
         one(TF, "def relu6(x):\n    # YOUR CODE HERE\n    ### BEGIN SOLUTION\n"
             "    return tf.clip_by_value(x, 0.0, 6.0)\n    ### END SOLUTION\n    pass", RULE),
         BOTH, "the template's comments stay"),
    Case("deprecated",
         one(f"import numpy as np\nx = np.float(3)\nfrom keras.layers.normalization import "
             f"BatchNormalization\nfrom tensorflow.keras.optimizers import adam\n{RELU6}", RULE),
         BOTH, "names that libraries no longer have, above the answer"),
    Case("old_imports",
         one("from tensorflow.python.keras.layers import DepthwiseConv2D\nimport keras\n"
             f"from keras.utils import np_utils\n{DEPTHWISE}", RELU6),
         {"relu6": 10, "depthwise_block": 10}, "imports of old tutorials above a block"),
    Case("wrong_arguments", one("def relu6():\n    return 6", RULE),
         {"relu6": 0, "use_residual": 10}, "an answer without parameters beside a right one"),
    Case("syntax_error_beside", one(f"{TF}\nprint('a'\n", RELU6, "else:\n  x = = 3", RULE), BOTH,
         "cells that are no Python beside the answers", says=("SyntaxError",)),
    Case("syntax_error_in_cell", one(f"{RELU6}\n\nresult = relu6(tf.constant(7.0)\n\n{RULE}"),
         {}, "a bracket that is never closed below an answer in one cell", says=("never closed",),
         never=(*ACCUSATIONS, "stands below the error")),
    Case("needs_failed_line",
         one("import pandas as pd\nlimits = pd.DataFrame({'top': [6.0]})\nTOP = limits.top[0]",
             "def relu6(x):\n    return tf.clip_by_value(x, 0.0, TOP)", RULE),
         {"relu6": 0, "use_residual": 10},
         "the answer needs what failed: the cause is named, and not only the name that is missing",
         says=("pandas",), never=(*ACCUSATIONS, "uses a name that does not exist")),
]  # fmt: skip

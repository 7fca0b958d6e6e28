"""Relatives: what lies around a notebook, settings of a session, and ways to take an answer in."""

from tests.grading.handed_in.make import (
    ACCUSATIONS,
    BOTH,
    DEPTHWISE,
    EXPANSION,
    RELU6,
    RULE,
    TF,
    Case,
    code,
    notebook,
    one,
    script,
)

GOOD = notebook(TF, RELU6, RULE)
NAME_ERROR = (*ACCUSATIONS, "uses a name that does not exist")
FILLED = {f"env/lib/python3.11/site-packages/pkg/m{n}.py": b"x = 1\n" for n in range(300)}
PICTURES = {f"data/train/{n}.png": b"\x89PNG" for n in range(500)}

AROUND = [
    Case("environment_inside", {"work.ipynb": GOOD, **FILLED}, BOTH,
         "the learner's own Python lies in the folder, hundreds of modules"),
    Case("pictures_inside", {"work.ipynb": GOOD, **PICTURES}, BOTH,
         "a data set lies in the folder"),
    Case("large_data_inside", {"work.ipynb": GOOD, "data.bin": bytes(60_000_000)}, BOTH,
         "a file beside it that is larger than a notebook may be"),
    Case("repository",
         {"work.py": f"{TF}\n{RELU6}\n\n{RULE}\n".encode(), "README.md": b"# relu6",
         ".gitignore": b"x",
          "tests/test_work.py": b"from work import relu6\n\ndef test_relu6():\n    assert relu6",
          ".github/workflows/classroom.yml": b"on: push", ".git/config": b"[core]",
          "setup.py": b"from setuptools import setup\nsetup()"},
         BOTH, "a repository of a classroom: tests that import the answer, a set-up that exits",
         never=(*ACCUSATIONS, "several files")),
    Case("litter",
         {"work.ipynb": GOOD, "._work.ipynb": b"\0\5\x16\7", "desktop.ini": b"[a]",
         "Thumbs.db": b"a",
          "~$essay.docx": b"a", "work.ipynb:Zone.Identifier": b"[ZoneTransfer]", ".DS_Store": b"a",
          "work.ipynb~": GOOD, ".~work.ipynb": GOOD, "work.ipynb.crdownload": GOOD[:99]},
         BOTH, "what systems and editors leave beside a file"),
    Case("script_each", {"relu6.py": f"{TF}\n{RELU6}\n".encode(), "use_residual.py": RULE.encode()},
         BOTH, "a script for each exercise, under its name"),
    Case("module_of_that_name",
         {"work.ipynb": notebook("from relu6 import relu6\nrelu6", RULE),
          "relu6.py": f"{TF}\n{RELU6}\n".encode()},
         BOTH, "the answer is imported from a module of the same name"),
    Case("writes_answer_module",
         one(f"%%writefile answers.py\n{TF}\n{RELU6}", "import answers\nrelu6 = answers.relu6",
             "from importlib import reload\nreload(answers)", RULE),
         BOTH, "the answer is written to a module by a cell"),
    Case("module_beside_and_answer",
         {"work.ipynb": notebook("from blocks import *", RELU6, RULE),
          "blocks.py": b"raise RuntimeError('no GPU')"},
         BOTH, "a module beside it fails, and nothing needs it", says=("no GPU",)),
    Case("clone_and_needed",
         one("!git clone https://nowhere.invalid/a/b.git\n%cd b\nfrom helper import clip6",
             "def relu6(x):\n    return clip6(x)", RULE),
         {"relu6": 0, "use_residual": 10}, "the answer needs what was fetched: the cause is named",
         says=("helper",), never=NAME_ERROR),
    Case("escape", {"escape\x1b[31m.ipynb": GOOD}, BOTH, "it steers a terminal", loose=True),
]  # fmt: skip


SESSION = [
    Case("interactivity",
         one("from IPython.core.interactiveshell import InteractiveShell\n"
             "InteractiveShell.ast_node_interactivity = 'all'", f"1\n2\n{RELU6}\nrelu6", RULE),
         BOTH, "every expression is shown"),
    Case("shown_things",
         one("from IPython.display import clear_output, Javascript, Image\nclear_output()\n"
             f"display(Javascript('x()'))\nImage('nowhere.png')\n{RELU6}", f"display(3)\n{RULE}"),
         BOTH, "a picture that is not there is shown above the answer"),
    Case("more_magics",
         one(TF,
         f"%env A=1\n%store -r nothing\n%xmode Verbose\n%load nowhere.py\n%conda install x\n"
             f"%reload_ext nosuch\n%tb\n%who\n{RELU6}", f"%%shell\nls\n{'-' * 3}",
             "%%bigquery table\nSELECT 1", f"%precision 3\n%pylab inline\n{RULE}"),
         BOTH, "other magics, half of which stop here"),
    Case("version_check",
         one(f"{TF}\nassert tf.__version__.startswith('1.15'), tf.__version__\n{RELU6}",
             f"import sys\nif sys.version_info < (9, 0):\n    raise OSError('too old')\n{RULE}"),
         BOTH, "the version of the learner's machine is asserted", says=("too old",)),
    Case("star_imports", one("from math import *\nfrom numpy import *\nfrom keras.layers import *",
         RELU6,
         RULE, "sum = max = all"), BOTH, "star imports that hide built-in functions"),
    Case("star_import_alone", one("from keras.activations import *", RULE),
         {"relu6": None, "use_residual": 10}, "a name that comes with a star is no answer"),
    Case("parameters", one(code("cap = 1.0", tags=["parameters"]), code("# Parameters\ncap = 6.0",
         tags=["injected-parameters"]), RELU6.replace("6.0", "cap"), RULE, papermill={"x": 1}),
         BOTH,
         "parameters that a program put in"),
    Case("secret_needed",
         one("import os\ntoken = os.environ['HF_TOKEN']\nhome = os.environ['PROFILE']\n" + RELU6,
             f"import getpass, socket\nassert getpass.getuser() == 'ada'\n{RULE}"),
         BOTH, "variables and users of the learner's machine"),
    Case("library_settings",
         one("import keras, tensorflow as tf\nkeras.config.disable_traceback_filtering()\n"
             "tf.get_logger().setLevel('ERROR')\ntf.debugging.enable_check_numerics()\n"
             "tf.config.threading.set_intra_op_parallelism_threads(1)", RELU6, DEPTHWISE),
         {"relu6": 10, "depthwise_block": 10},
         "settings of TensorFlow, one of which comes too late"),
    Case("numpy_behaviour", one("import tensorflow.experimental.numpy as tnp\n"
         "tnp.experimental_enable_numpy_behavior()", RELU6, EXPANSION),
         {"relu6": 10, "expansion_block": 10}, "tensors behave as arrays"),
    Case("patched_print",
         one("import builtins\nold = print\ndef print(*a, **k):\n    old('>', *a)\n"
         "builtins.print = print", RELU6, RULE), BOTH, "print is wrapped"),
    Case("progress_bar",
         one("from tqdm.notebook import tqdm\nfor i in tqdm(range(3)):\n    pass\n\n"
         f"{RELU6}\n\nfor i in tqdm(range(3)):\n    pass\n\n{RULE}"), BOTH,
         "an absent progress bar around two answers of one cell", says=("tqdm",)),
    Case("plots_between",
         one(f"import matplotlib.pyplot as plt\n{RELU6}\nxs = tf.linspace(-9., 9., 9)\n"
         f"plt.plot(xs, relu6(xs))\nplt.savefig('/content/a.png')\n{RULE}\nplt.style.use('x')"),
         BOTH, "a plot is saved to another machine's folder between two answers"),
    Case("failing_class_body", one(f"class Net(torch.nn.Module):\n    pass\n\n{RELU6}\n\n"
         f"class Data(pd.DataFrame):\n    x = 1\n\n{RULE}"), BOTH,
         "classes on absent packages between two answers of one cell", says=("torch",)),
    Case("unpacked_failure",
         one("a, b = np.load('x.npy')\nc = a + b\nd: int = c\ne = d if d else 0\n"
         f"{RELU6}\n\n{RULE}"), BOTH, "a failure and a chain of what needs it", says=("x.npy",)),
    Case("bound_method",
         one("class Answers:\n    def relu6(self, x):\n        return tf.clip_by_value("
         "x, 0.0, 6.0)\n    @staticmethod\n    def rule(stride, c_in, c_out):\n"
         "        return stride == 1 and c_in == c_out", "relu6 = Answers().relu6\n"
         "use_residual = Answers.rule"), BOTH, "methods of a class"),
    Case("factory",
         one("def make(top):\n    def relu6(x):\n        return tf.clip_by_value(x, 0.0, top)\n"
         "    return relu6\nrelu6 = make(6.0)", "import operator\n" + RULE), BOTH,
         "a function that another one made"),
    Case("script_global_use", script("import argparse", TF, RELU6, RULE,
         "def main():\n    global relu6\n    print(relu6)\n\nmain(); import nosuch; x = nosuch.y"),
         BOTH,
         "several statements on a line at the end of a script, one fails"),
    Case("answer_over_import", one("from keras.activations import relu6", RELU6, RULE), BOTH,
         "imported for comparison, and written below"),
    Case("import_below_answer", one(RELU6, "from keras.activations import relu6\nrelu6([9.0])",
         RULE),
         BOTH, "the library's is imported below the answer, for comparison"),
    Case("compared", one("mine = {}", RELU6,
         "import keras\nassert float(relu6(tf.constant(7.0))) == "
         "float(keras.activations.relu6(7.0))", RULE), BOTH, "compared with the library"),
]  # fmt: skip

CASES = [*AROUND, *SESSION]

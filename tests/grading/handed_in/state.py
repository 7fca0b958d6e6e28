"""What a notebook changes in its Python, how it ends, and how long it takes."""

from tests.grading.handed_in.make import (
    ACCUSATIONS,
    BOTH,
    DEPTHWISE,
    EXPANSION,
    RELU6,
    RULE,
    TF,
    Case,
    one,
    script,
)

KERAS = f"{TF}\nimport keras"
ALL = {"relu6": 10, "depthwise_block": 10}
ENDED = tuple(words for words in ACCUSATIONS if words != "ended Python itself")
LATE = (*ACCUSATIONS, "endless loop")

GLOBALS = [
    Case("streams_none", one("import sys\nsys.stdout = None\nsys.stderr = None", RELU6,
         "print('x')",
         RULE), BOTH, "print goes nowhere", checked=True),
    Case("streams_replaced", one("import sys, io\nsys.stdout = io.StringIO()\n"
         "sys.stderr = open('log.txt', 'w')", f"print('a')\n{RELU6}", "sys.stdout.close()", RULE),
         BOTH, "prints are kept in a file, and closed"),
    Case("stdin_closed", one("import sys\nsys.stdin.close()\nsys.stdin = None", RELU6, RULE), BOTH,
         "nothing can be typed in"),
    Case("logging_set", one("import logging, logging.config\nlogging.basicConfig(level='DEBUG', "
         "filename='a.log', force=True)\nlogging.disable(logging.CRITICAL)\n"
         "logging.getLogger('tensorflow').setLevel('ERROR')", RELU6, RULE), BOTH,
         "logging is set up"),
    Case("warnings_raise", one("import warnings\nwarnings.simplefilter('error')", KERAS, RELU6,
         DEPTHWISE), ALL, "every warning is an error"),
    Case("numpy_raises", one("import numpy as np\nnp.seterr(all='raise')\nnp.set_printoptions("
         "precision=2)\nnp.random.seed(0)", RELU6, RULE), BOTH, "NumPy raises where it warned"),
    Case("legacy_keras", one("import os\nos.environ['TF_USE_LEGACY_KERAS'] = '1'\n" + TF, RELU6,
         "from tensorflow import keras\n" + DEPTHWISE), {"relu6": 10},
         "an older Keras is asked for, which is not installed"),
    Case("other_backend", one("import os\nos.environ['KERAS_BACKEND'] = 'torch'\nimport keras",
         RELU6,
         DEPTHWISE), ALL, "another backend is asked for, too late or never"),
    Case("not_eager", one(f"{TF}\ntf.compat.v1.disable_eager_execution()", RELU6, RULE),
         {"use_residual": 10}, "graphs as in TensorFlow 1", says=("eager",), checked=True),
    Case("version_one", one("import tensorflow.compat.v1 as tf\ntf.disable_v2_behavior()", RELU6,
         RULE), {"use_residual": 10}, "all of TensorFlow 2 is switched off",
         says=("eager|disable_v2",)),
    Case("functions_eager", one(f"{KERAS}\ntf.config.run_functions_eagerly(True)\n"
         "tf.data.experimental.enable_debug_mode()", RELU6, DEPTHWISE), ALL,
         "functions run eagerly"),
    Case("mixed_precision",
         one(f"{KERAS}\nkeras.mixed_precision.set_global_policy('mixed_float16')",
         RELU6, DEPTHWISE, RULE), BOTH, "half precision for all layers", says=("float16",)),
    Case("double_precision", one(f"{KERAS}\nkeras.backend.set_floatx('float64')", RELU6, DEPTHWISE,
         RULE),
         BOTH, "double precision for all layers", says=("float64",)),
    Case("channel_order", one(f"{KERAS}\nkeras.backend.set_image_data_format('channels_first')",
         RELU6, DEPTHWISE), {"relu6": 10}, "channels before height and width",
         says=("channels_first|channels first",)),
    Case("seeds", one(f"{KERAS}\nkeras.utils.set_random_seed(1)\n"
         "tf.config.experimental.enable_op_determinism()", RELU6, EXPANSION),
         {"relu6": 10, "expansion_block": 10}, "everything is seeded"),
    Case("session_cleared", one(KERAS, EXPANSION, "keras.backend.clear_session()\nimport gc\n"
         "gc.collect()\ntf.compat.v1.reset_default_graph()", RELU6),
         {"relu6": 10, "expansion_block": 10}, "the session is cleared below a block"),
    Case("strategy", one(f"{KERAS}\ntry:\n    tpu = tf.distribute.cluster_resolver."
         "TPUClusterResolver()\nexcept ValueError:\n    strategy = tf.distribute.get_strategy()",
         RELU6, "with strategy.scope():\n    pass", RULE), BOTH, "other hardware is looked for"),
    Case("folder_changed", one("import os\nos.makedirs('elsewhere', exist_ok=True)\n"
         "os.chdir('elsewhere')", RELU6, f"os.chdir('/')\n{RULE}"), BOTH,
         "it works in another folder"),
    Case("folder_missing", one(f"import os\nos.chdir('/content/work')\n{RELU6}", RULE), BOTH,
         "a folder of another machine, in the cell of the answer", says=("/content/work",)),
    Case("builtin_names",
         one("sum = 0\nlist = [1]\nmax = min = 3\nid = type = input = print = None",
         RELU6, RULE), BOTH, "variables have the names of built-in functions"),
    Case("module_names", one("import tensorflow as keras\nlayers = 3\nmath = 'a'\nnp = None\n"
         "check = hint = solution = 5\nmnv2_tutor = 1", RELU6, RULE), BOTH,
         "variables have the names of modules"),
    Case("recursion", one("import sys\nsys.setrecursionlimit(90)", RELU6, RULE),
         {"use_residual": 10},
         "a recursion limit too low for a library"),
    Case("signals", one("import signal, faulthandler, atexit\nsignal.signal(signal.SIGTERM, "
         "signal.SIG_IGN)\nfaulthandler.enable()\natexit.register(print, 'bye')", RELU6, RULE),
         BOTH,
         "signals and what runs at the end"),
    Case("hooks",
         one("import sys, builtins\nsys.excepthook = None\nsys.displayhook = lambda x: None\n"
         "get_ipython().set_custom_exc((Exception,), lambda *a, **k: None)", "1 / 0", RELU6, RULE),
         BOTH, "errors are handled in their own way"),
    Case("memory", one(f"import numpy as np\nbig = np.zeros((10**6, 10**6))\n{RELU6}", RULE), BOTH,
         "an array larger than any computer, above the answer"),
    Case("widgets", one("import matplotlib.pyplot as plt\nfrom ipywidgets import interact\n"
         "import ipywidgets as w\nplt.plot([1, 2])\nplt.show()\ninteract(lambda n: n, n=(0, 6))\n"
         f"w.IntSlider()\n{RELU6}", f"display(w.HTML('a'))\n{RULE}"), BOTH, "plots and sliders"),
    Case("input_above", one(f"name = input('Your name: ')\nn = int(input())\n{RELU6}",
         f"import getpass\nkey = getpass.getpass()\n{RULE}"), BOTH,
         "something is to be typed in above the answer", says=("input",), checked=True),
    Case("debugger", one(f"{RELU6}\nbreakpoint()\n%debug\n%pdb on", f"import pdb; pdb.set_trace()\n"
         f"{RULE}"), BOTH, "a debugger is left in"),
]  # fmt: skip


ENDS = [
    Case("exits_last", one(RELU6, RULE, "import sys\nsys.exit()"), BOTH, "exit in the last cell"),
    Case("exits_between", one(RELU6, "exit()", "quit()", "raise SystemExit", RULE), BOTH,
         "all ways to exit in cells between"),
    Case("exits_where_unfit", one("import sys\nif not tf.test.is_gpu_available():\n"
         "    sys.exit('no GPU')", RELU6, RULE), BOTH, "exit where hardware is missing"),
    Case("script_exits", script(TF, RELU6, RULE, "import sys\nsys.exit(0)"), BOTH,
         "a script that exits at its end"),
    Case("script_main", script(TF, RELU6, RULE,
         "def main():\n    print(relu6(tf.constant([7.0])))\n"
         "    return 0", "if __name__ == '__main__':\n    raise SystemExit(main())"), BOTH,
         "a script whose last line ends with the result of main"),
    Case("script_arguments", script(TF, "import argparse, sys\nparser = argparse.ArgumentParser()\n"
         "parser.add_argument('--data', required=True)\nargs = parser.parse_args()", RELU6, RULE),
         BOTH, "a script that wants arguments and exits without"),
    Case("ends_process", one(RELU6, "import os\nos._exit(0)", RULE), BOTH,
         "the process is ended between two answers", never=ENDED),
    Case("kills_itself", one(RELU6, RULE,
         "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"),
         BOTH, "the kernel is restarted as forums say, in the last cell", never=ENDED,
         checked=True),
    Case("restarts_kernel", one(RELU6, "import IPython\nIPython.Application.instance().kernel."
         "do_shutdown(True)", RULE), BOTH, "the kernel is restarted as forums say"),
    Case("resets_first", one("%reset -f\n" + KERAS, RELU6, RULE), BOTH,
         "names are cleared at first"),
    Case("resets_last", one(KERAS, RELU6, RULE, "%reset -f"), BOTH, "names are cleared at last",
         checked=True),
    Case("resets_in_python", one(KERAS, RELU6, RULE, "get_ipython().magic('reset -sf')"), BOTH,
         "names are cleared by a call"),
    Case("clears_globals", one(KERAS, RELU6, RULE,
         "for name in [n for n in globals() if n[0] != '_']:"
         "\n    del globals()[name]"), BOTH, "names are cleared by a loop"),
    Case("deletes_answer", one(RELU6, "print(relu6(tf.constant([7.0])))\ndel relu6", RULE), BOTH,
         "the answer is deleted after its use", checked=True),
    Case("overwrites_answer", one(RELU6, "relu6 = relu6(tf.constant([7.0]))", RULE,
         "use_residual = use_residual(1, 2, 2)"), BOTH,
         "the answer's name is used again for its result"),
    Case("popen_above", one("import subprocess\np = subprocess.Popen(['sleep', '60'])", RELU6,
         f"subprocess.run(['ls'], check=True)\n{RULE}"), BOTH, "another program runs on"),
    Case("threads",
         one("import threading, time\ndef work():\n    while True:\n        time.sleep(0.1)\n"
         "threading.Thread(target=work).start()", RELU6, RULE), BOTH, "a thread never ends"),
    Case("processes", one("import multiprocessing as mp\nwith mp.Pool(2) as pool:\n"
         f"    print(pool.map(abs, [-1, 2]))\n{RELU6}", "p = mp.Process(target=print)\np.start()",
         RULE), BOTH, "other processes are used"),
    Case("asks_loop",
         one("import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    return 6.0\n"
         "top = await f()", "def relu6(x):\n    return tf.clip_by_value(x, 0.0, top)",
         f"asyncio.run(f())\nasyncio.get_event_loop().run_until_complete(f())\n{RULE}"), BOTH,
         "await at the top, and loops that are run"),
    Case("nested_loop", one(f"import nest_asyncio\nnest_asyncio.apply()\n{RELU6}", RULE), BOTH,
         "a package that lets loops nest, and is not here", says=("nest_asyncio",)),
]  # fmt: skip


SLOW = [
    Case("slow_below", one(RELU6, RULE, *["import time\ntime.sleep(100)"] * 5), BOTH,
         "minutes of training below the answers", never=LATE, slow=True),
    Case("slow_above", one("import time\ntime.sleep(40)", RELU6, RULE), BOTH,
         "a slow cell above the answers", never=LATE, slow=True),
    Case("slow_between", one(RELU6, "import time\ntime.sleep(40)", RULE), BOTH,
         "a slow cell between the answers", never=LATE, slow=True),
    Case("slow_in_cell", one(f"import time\ntime.sleep(40)\n{RELU6}\ntime.sleep(40)", RULE), BOTH,
         "slow lines above and below the answer in one cell", never=LATE, slow=True),
    Case("slow_steps", one(RELU6, *["import time\ntime.sleep(12)"] * 15, RULE), BOTH,
         "many cells, none of them too slow for itself", never=LATE, slow=True),
    Case("slow_script", script("import time", TF, RELU6, "time.sleep(100)", RULE,
         "time.sleep(100)"),
         BOTH, "a script that trains between its functions", never=LATE, slow=True),
    Case("endless_below", one(RELU6, RULE, "while True:\n    pass", "while True:\n    x = 1"), BOTH,
         "loops without an end below the answers", slow=True),
    Case("endless_in_cell", one(f"{RELU6}\nwhile True:\n    pass", RULE), BOTH,
         "a loop without an end below the answer in its cell", slow=True),
    Case("server_below", one(RELU6, RULE, "import http.server\nhttp.server.HTTPServer(('', 0), "
         "http.server.BaseHTTPRequestHandler).serve_forever()"), BOTH,
         "a server that waits for ever", slow=True),
    Case("training_below", one(KERAS, RELU6, RULE,
         "import numpy as np\nx = np.zeros((4096, 64, 64, 3))\n"
         "m = keras.applications.MobileNetV2((64, 64, 3), weights=None, classes=2)\n"
         "m.compile('adam', 'mse')\nm.fit(x, np.zeros((4096, 2)), epochs=9)"),
         BOTH, "a real training below the answers", never=LATE, slow=True),
]  # fmt: skip

CASES = [*GLOBALS, *ENDS, *SLOW]

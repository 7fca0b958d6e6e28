"""The environment of every test and of every kernel that nbval starts."""

import atexit
import os
import shutil
import tempfile

from mnv2_tutor.environment import quiet_environment

_home = tempfile.mkdtemp(prefix="mnv2-tutor-test-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ.update(quiet_environment(MNV2_TUTOR_HOME=_home))

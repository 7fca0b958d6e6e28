"""Running submissions shut in: what a sandbox allows, and the fork server that works in it.

``policy`` says which sandbox a machine offers; ``workers`` and ``server`` are the two sides of the
fork server; ``confine`` shuts each submission in, by ``landlock`` and ``seccomp`` where there are
no namespaces; ``users`` gives each worker of root an account. Nothing here knows of grading.
"""

"""Build the HTML book into _build/html, warnings as errors, and say where it is."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import yaml
from filelock import FileLock

from tools import page_model, page_python, vendor

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "_build" / "html" / "index.html"
MARK = ROOT / "_build" / "look"
LOCK = ROOT / "_build" / "book.lock"
LOOK = (
    "_config.yml", "book/_static/*.*", "book/_static/vendor/**/version",
    "book/_static/made/version", "book/_static/made/python.zip", "book/_static/map/*",
    "book/_ext/*.py", "book/_templates/*",
)  # fmt: skip
SOURCES = (
    *LOOK, "_toc.yml", "requirements.txt", "book/*.*", "book/exercises/*", "solutions/*",
    "book/scripts/*", "tools/page_python.py",
    "mnv2_tutor/**/*.py",  # the reference says what is written there
)  # fmt: skip
REPOSITORY, SITE = "MNV2_TUTOR_REPOSITORY", "MNV2_TUTOR_SITE"
"""Where the book is published: its repository, for launch buttons, and its address, for previews.

Whoever publishes it sets them; without them there are no buttons that lead nowhere.
"""
LAUNCH = {
    "binderhub_url": "https://mybinder.org",
    "colab_url": "https://colab.research.google.com",
    "notebook_interface": "jupyterlab",
}


def main() -> None:
    LOCK.parent.mkdir(exist_ok=True)
    with FileLock(LOCK):  # tests in several processes ask for the same book
        build("--quiet" in sys.argv)


def build(quiet: bool) -> None:
    """Build what is not built yet.

    Raises:
        SystemExit: it could not be built, with what the reader of the terminal needs to know.
    """
    command = ["jupyter-book", "build", ".", "-W", "--keep-going", "-n", "--quiet"]
    trouble = vendor.ensure(tuple(p for p in vendor.PACKAGES if p.target != vendor.FOR_TESTS))
    if trouble and (os.environ.get(SITE) or os.environ.get("CI")):
        sys.exit(f"book: {trouble}: what is published needs all its scripts.")
    if trouble:
        print(f"book: {trouble}: the pages will run no Python and no network.")
    repository, site = os.environ.get(REPOSITORY, ""), os.environ.get(SITE, "")
    if repository or site:
        command += ["--config", str(published_config(repository, site))]
    page_python.ensure()
    try:
        page_model.ensure()
    except (ImportError, RuntimeError) as error:
        sys.exit(f"book: the network of the page could not be made: {error}")
    built = MARK.read_text(encoding="utf-8").split() if MARK.is_file() and PAGE.is_file() else []
    published = f"{repository} {site}"
    look, everything = digest(LOOK, published), digest(SOURCES, published)
    if everything in built and not trouble:
        if not quiet:
            print(f"The book is at {PAGE.relative_to(ROOT)} (unchanged)")
        return
    if look not in built:  # Sphinx itself does not rebuild pages when a script or style changes
        command.append("--all")
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    MARK.unlink(missing_ok=True)  # a build that fails leaves some of its pages behind
    executable = Path(sys.executable).with_name(command[0])
    done = subprocess.run(
        [str(executable), *command[1:]], cwd=ROOT, env=environment, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode != 0:
        sys.exit(f"{done.stdout}{done.stderr}\nbook: not built, see the warnings above.")
    MARK.write_text(f"{look}\n{everything}\n", encoding="utf-8")
    if not quiet:
        print(f"The book is at {PAGE.relative_to(ROOT)}")


def digest(patterns: tuple[str, ...], settings: str) -> str:
    """Identity of the files below the root that match, names and contents, and of the settings."""
    files = sorted(path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file())
    content = hashlib.sha256(settings.encode())
    for path in files:
        content.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return content.hexdigest()


def published_config(repository: str, site: str) -> Path:
    """The configuration with the addresses that are set."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    if repository:
        config |= {"repository": {"url": repository, "branch": "main"}, "launch_buttons": LAUNCH}
    if site:
        config["html"]["baseurl"] = site
    path = ROOT / "_build" / "config.yml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return path


if __name__ == "__main__":
    main()

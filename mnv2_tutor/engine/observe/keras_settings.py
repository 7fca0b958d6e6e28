"""Keras's own settings for as long as we work, whatever a cell has set for the whole notebook.

Keras is looked up in what was imported: an exercise that does without it stays without it.
"""

import sys
from typing import Any

USUAL = {
    "image_data_format": "channels_last",
    "floatx": "float32",
    "epsilon": 1e-7,
    "dtype_policy": "float32",
}
"""Names of settings in ``keras.config``, and what Keras begins with."""


class usual_settings:  # noqa: N801 - used as a context manager, like contextlib's functions
    """Within it Keras has the settings that it begins with; gives those that were others, in words.

    A right block is right under these, and a cell that sets others changes no answer to it.
    """

    def __enter__(self) -> list[str]:
        self.before = {name: now for name, now in _settings().items() if now != USUAL[name]}
        _set({name: USUAL[name] for name in self.before})
        return [f"{name} = {value}" for name, value in self.before.items()]

    def __exit__(self, *_: object) -> None:
        _set(self.before)


def _settings() -> dict[str, Any]:
    config = _config()
    try:
        found = {name: getattr(config, name)() for name in USUAL}
        return found | {"dtype_policy": found["dtype_policy"].name}
    except Exception:  # noqa: BLE001 - another Keras, or one that a cell has changed
        return {}


def _set(settings: dict[str, Any]) -> None:
    for name, value in settings.items():
        getattr(_config(), f"set_{name}")(value)


def _config() -> Any:
    """Keras 3's settings; None where Keras was not imported, or is another one."""
    return getattr(sys.modules.get("keras"), "config", None)

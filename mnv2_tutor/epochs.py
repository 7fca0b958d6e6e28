"""What somebody who waits for a training sees: how far it is, how well it goes, what is left.

Keras's own bar writes a line an epoch and more, which fills a notebook and differs from run to run.
This one is a single line that is renewed in its place.
"""

import time
from collections.abc import Callable
from html import escape
from typing import Any

import keras

LEAST_PAUSE = 0.2
"""Seconds between two renewals: more often nobody can read, and the page grows slow."""

OPENING = '<p class="mnv2-epochs">'
"""Marks an output, which in the published page must not look like a paragraph of the text."""


class Epochs(keras.callbacks.Callback):  # type: ignore[misc]
    """A callback for ``fit(..., verbose=0, callbacks=[Epochs("fine-tuning")])``.

    In a notebook the line is HTML with a bar, and when training ends it says how it went, without
    times. Elsewhere a plain line is printed at the end.
    """

    # Keras hands each method arguments that this class has no use for.

    def __init__(self, name: str = "training") -> None:
        super().__init__()
        self.name = name
        self._handle: Any = None
        self._began = self._shown = 0.0
        self._done = self._steps = self._epochs = 0
        self._logs: dict[str, float] = {}

    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ARG002
        self._began, self._shown = time.monotonic(), 0.0
        self._done = self._epochs = 0
        self._logs = {}
        # Of a generator nobody knows how many batches it gives.
        self._steps = self.params["epochs"] * (self.params.get("steps") or 0)
        self._handle = _line_in_a_notebook(self._page())

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
        self._done += 1
        if time.monotonic() - self._shown > LEAST_PAUSE:
            self._show(self._page())

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        self._epochs += 1
        self._logs = {key: float(value) for key, value in (logs or {}).items()}

    def on_train_end(self, logs: Any = None) -> None:  # noqa: ARG002
        summary = f"{self.name}: {self._epochs} epochs; {self._measured()}"
        if self._handle is None:
            print(summary)
        else:
            self._show(f"{OPENING}{escape(summary)}</p>")

    def _show(self, page: str) -> None:
        self._shown = time.monotonic()
        if self._handle is not None:
            self._handle(page)

    def _page(self) -> str:
        share = self._done / self._steps if self._steps else self._epochs / self.params["epochs"]
        spent = time.monotonic() - self._began
        left = (
            f"{spent * (1 - share) / share:.0f} s left" if share else "the first step takes longest"
        )
        text = escape(f"{self.name}: {share:.0%}, {left}. {self._measured()}")
        bar = f'<progress value="{share:.3f}" aria-label="{text}"></progress>'
        return f"{OPENING}{text}<br>{bar}</p>"

    def _measured(self) -> str:
        """The numbers of the last epoch, in the words that the course uses."""
        words = [
            f"{key.replace('val_', 'validation ')} {value:.2f}"
            for key, value in self._logs.items()
            if key in ("loss", "accuracy", "val_loss", "val_accuracy")
        ]
        return ", ".join(words)


class _Line:
    """An output that is renewed in its place; as text it is its name, the same in every run."""

    def __init__(self, page: str) -> None:
        self.page = page

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": "Training.", "text/html": self.page}


def _line_in_a_notebook(page: str) -> Callable[[str], None] | None:
    """What renews the line; None where no notebook shows it."""
    from IPython import get_ipython
    from IPython.display import display

    shell = get_ipython()
    if shell is None or not hasattr(shell, "kernel"):
        return None
    handle = display(_Line(page), display_id=True)
    return lambda renewed: handle.update(_Line(renewed))

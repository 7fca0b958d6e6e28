"""The exercises of the course, one module each."""

KEYS: tuple[str, ...] = (
    "relu6", "count_params", "count_macs", "expansion_block", "depthwise_block",
    "projection_block", "use_residual", "bottleneck", "make_divisible", "mobilenet_v2",
    "bottleneck_memory", "preprocess", "transfer_weights", "compile_model",
    "to_tflite_int8", "run_tflite",
)  # fmt: skip
"""In the order of the book. A new exercise is a module of this folder and a name here."""

"""Paths through a block that widens, filters and narrows: what observer and judge both know."""

PATHS: tuple[tuple[float, float, float], ...] = (
    (1.0, 0.5, 1.0),
    (1.0, 2.0, 1.0),
    (-1.0, -1.0, 1.0),
    (1.0, -1.0, 1.0),
    (1.0, 0.5, -1.0),
    (1.0, 0.5, 3.0),
)
"""Factors (e, s, p) of the paths, see ``path_weights``.

Channel k follows path k modulo their number. With an input of 20 each path shows one property: the
cap after the expansion, the cap after the depthwise step, the floor after each of the two, and an
end that lets negative numbers and numbers above 6 through.
"""
PATH_INPUTS = (20.0, 1.0)
SILENT_INPUTS = (2.5, -1.5, 8.0)


def path_output(path: int, u: float) -> float:
    """What leaves path ``path`` for a constant input ``u``: p * cap(s * cap(e * u))."""
    e, s, p = PATHS[path % len(PATHS)]
    return p * _capped(s * _capped(e * u))


def _capped(x: float) -> float:
    return min(max(x, 0.0), 6.0)

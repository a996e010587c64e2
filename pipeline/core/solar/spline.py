"""Cubic splines through the values of a grid; scipy's `RectBivariateSpline` is the same, but its import costs more than all that is read by it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Surface(NamedTuple):
    """A surface through the values of a grid, twice continuously differentiable; made by `through`.

    Attributes
    ----------
    x, y
        Rising places of the rows and columns.
    nodes
        Value, slope along x, slope along y and mixed slope at each node, shape (4, rows, columns).
    """

    x: Floats
    y: Floats
    nodes: Floats

    def at(self, x: Floats, y: Floats) -> Floats:
        """Values at places of shape (n,); beyond the grid the outermost cubics go on."""
        row, col = (np.clip(np.searchsorted(knots, p, side="right") - 1, 0, len(knots) - 2) for knots, p in ((self.x, x), (self.y, y)))
        along, across = _shares(self.x, row, x), _shares(self.y, col, y)
        out = np.zeros(len(x))
        for dr in range(2):
            for dc in range(2):
                value, by_x, by_y, mixed = self.nodes[:, row + dr, col + dc]
                out += along[0][dr] * (across[0][dc] * value + across[1][dc] * by_y) + along[1][dr] * (across[0][dc] * by_x + across[1][dc] * mixed)
        return out


def through(x: Floats, y: Floats, values: Floats) -> Surface:
    """The surface through values of shape (rows, columns) at rising places x of the rows and y of the columns, at least four of each."""
    by_x, by_y = slopes(x, values), slopes(y, values.T).T
    return Surface(x, y, np.stack([values, by_x, by_y, slopes(x, by_y)]))


def slopes(x: Floats, values: Floats) -> Floats:
    """Slopes at the knots of the cubic splines through columns of values, shape (knots, n).

    Not a knot: the first two pieces are one cubic, and the last two (de Boor 2001, A Practical Guide to Splines, chapter IV).

    >>> x = np.array([0.0, 1.0, 2.5, 3.0, 4.0])
    >>> slopes(x, (x**3)[:, np.newaxis]).ravel().round(9).tolist()
    [0.0, 3.0, 18.75, 27.0, 48.0]
    """
    h = np.diff(x)
    rise = np.diff(values, axis=0) / h[:, np.newaxis]
    n, inner = len(x), np.arange(1, len(x) - 1)
    system, right = np.zeros((n, n)), np.empty(values.shape)
    # The second derivative is continuous.
    system[inner, inner - 1], system[inner, inner], system[inner, inner + 1] = h[1:], 2.0 * (h[:-1] + h[1:]), h[:-1]
    right[inner] = 3.0 * (h[1:, np.newaxis] * rise[:-1] + h[:-1, np.newaxis] * rise[1:])
    # The third is too, at the knots beside the ends.
    for end, first, second, nodes in ((0, 0, 1, (0, 1, 2)), (n - 1, n - 2, n - 3, (n - 1, n - 2, n - 3))):
        a, b = h[first] ** -2, h[second] ** -2
        system[end, nodes] = a, a - b, -b
        right[end] = 2.0 * (a * rise[first] - b * rise[second])
    return np.asarray(np.linalg.solve(system, right))


def _shares(knots: Floats, piece: NDArray[np.int64], at: Floats) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Hermite's cubics of each place: what the values, and what the slopes at both ends of its piece count."""
    h = np.diff(knots)[piece]
    t = (at - knots[piece]) / h
    rise = t * t * (3.0 - 2.0 * t)
    return (1.0 - rise, rise), (h * t * (1.0 - t) ** 2, -h * t * t * (1.0 - t))

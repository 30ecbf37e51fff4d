"""SmoothECE: calibration error after smoothing with a Gaussian kernel whose width the data choose.

Definition: Błasiok and Nakkiran (2024), "Smooth ECE: Principled Reliability Diagrams via Kernel Smoothing",
with the choices of their published program: reflection at 0 and 1, a kernel cut half a unit from its middle,
and a width found by ten bisections of [0, 1].
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repetita.evaluation.checks import checked
from repetita.kernels.gridding import on_grid

__all__ = ["smece", "smece_and_width"]

Floats = NDArray[np.float64]
Spectrum = NDArray[np.complex128]
# Residuals are rounded to a grid: a thousandth, or a tenth of the kernel's width where that is less.
GRID_STEPS = 1000
GRID_STEPS_PER_WIDTH = 10
BISECTIONS = 10
NARROWEST = 0.001
# The error is averaged at this many points of [0, 1], both ends with them, unless the kernel is narrow.
MESH_POINTS = 200
MESH_POINTS_PER_WIDTH = 10
KERNEL_CUT = 0.5
KERNEL_WIDTHS = 9  # beyond so many widths a kernel is below 1e-17 of its peak
# The published program adds this to the density at every point; kept, so that figures agree in all digits.
DENSITY_FLOOR = 1e-4


def smece(predicted: ArrayLike, recalled: ArrayLike) -> float:
    """SmoothECE, a probability; 0 is perfect, and neither bins nor a tuning constant enter.

    Args:
        predicted: Shape (n,), in [0, 1].
        recalled: Shape (n,), true where recalled.

    Example:
        >>> round(smece([0.9, 0.9, 0.9, 0.6, 0.6, 0.6], [1, 1, 1, 1, 0, 1]), 3)
        0.083
    """
    return smece_and_width(predicted, recalled)[0]


def smece_and_width(predicted: ArrayLike, recalled: ArrayLike) -> tuple[float, float]:
    """SmoothECE and the kernel width at which it was found: the smallest one not below its own error.

    Example:
        >>> error, width = smece_and_width([0.9, 0.9, 0.6, 0.6], [1, 1, 1, 0])
        >>> error <= width
        True
    """
    p, y = checked(predicted, recalled)
    error = _error_by_width(p, y.astype(np.float64))
    wide_enough, too_narrow = 1.0, 0.0
    for _ in range(BISECTIONS):
        middle = (wide_enough + too_narrow) / 2.0
        if middle < NARROWEST or middle < error(middle):
            too_narrow = middle
        else:
            wide_enough = middle
    return error(wide_enough), wide_enough


def _error_by_width(predicted: Floats, recalled: Floats) -> Callable[[float], float]:
    """Function of the kernel width that returns the smoothed calibration error."""
    residual = predicted - recalled

    @cache
    def spectra(steps: int) -> tuple[Spectrum, Spectrum]:
        sums, counts = on_grid(predicted, residual, steps)
        return _spectrum(sums, steps), _spectrum(counts, steps)

    def error(width: float) -> float:
        distance, response = _response(width)
        steps = len(distance) - 1
        misses, counts = spectra(steps)
        mesh = np.linspace(0.0, 1.0, max(round(MESH_POINTS_PER_WIDTH / width), MESH_POINTS))
        smoothed = np.interp(mesh, distance, _from_spectrum(misses * response, steps))
        density = np.interp(mesh, distance, _from_spectrum(counts * response, steps))
        return float(np.sum(np.abs(smoothed)) / np.sum(density + DENSITY_FLOOR))

    return error


@lru_cache(maxsize=64)
def _response(width: float) -> tuple[Floats, Spectrum]:
    """The grid for a kernel width, and the kernel's spectrum on it; bisections meet the same widths often."""
    steps = max(2 * round(GRID_STEPS_PER_WIDTH / width / 2.0), GRID_STEPS)
    distance = np.arange(steps + 1) / steps
    bell = np.exp(-0.5 * (distance / width) ** 2) / (np.sqrt(2.0 * np.pi) * width)
    reach, length = _frame(steps)
    kernel = np.zeros(length)
    kernel[: reach + 1] = bell[: reach + 1]
    kernel[-reach:] = bell[reach:0:-1]
    return distance, np.fft.rfft(kernel)


@cache
def _frame(steps: int) -> tuple[int, int]:
    """How many grid steps a kernel reaches, and the length of a transform with room for as many at both ends.

    Lengths are products of 2, 3 and 5, of which transforms are fast.
    """
    # a grid finer than the usual one is made for a narrow kernel, a tenth of a width a step
    reach = int(KERNEL_CUT * steps) if steps <= GRID_STEPS else KERNEL_WIDTHS * GRID_STEPS_PER_WIDTH
    least = steps + 1 + 2 * reach
    odd = [3**i * 5**j for i in range(10) for j in range(7)]
    return reach, min(part << max(-(-least // part) - 1, 0).bit_length() for part in odd)


def _spectrum(values: Floats, steps: int) -> Spectrum:
    """Of values on the grid, reflected at both ends as far as the kernel reaches."""
    reach, length = _frame(steps)
    reflected = (values[reach:0:-1], values, values[-2 : -2 - reach : -1])
    return np.fft.rfft(np.concatenate(reflected), length)


def _from_spectrum(spectrum: Spectrum, steps: int) -> Floats:
    reach, length = _frame(steps)
    return np.fft.irfft(spectrum, length)[reach : reach + steps + 1]

"""A bar chart as numbers for an SVG: no library, no script; the same numbers stand in the table beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 240
LEFT, BOTTOM, TOP = 44, 28, 12
MOST_BARS = 53
MOST_LABELS = 9


@dataclass(frozen=True, slots=True)
class Bar:
    """x, y, width, height in the SVG's units; label: under the bar, empty for most where there are many."""

    x: float
    y: float
    width: float
    height: float
    calls: int
    words: str
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """lines: (y, number) of the scale. cut: how many bars were left out at the beginning."""

    bars: Sequence[Bar]
    lines: Sequence[tuple[float, int]]
    cut: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT


def chart(figures: Sequence[tuple[str, str, int]]) -> Chart:
    """figures: (short label, words, number), at least one; of too many the last are shown."""
    shown = figures[-MOST_BARS:]
    top = scale(max(number for _, _, number in shown))
    step = (WIDTH - LEFT) / len(shown)
    every = -(-len(shown) // MOST_LABELS)
    bars = [
        Bar(
            x=round(LEFT + n * step + step * 0.1, 1),
            y=round(height_of(number, top), 1),
            width=round(step * 0.8, 1),
            height=round(HEIGHT - BOTTOM - height_of(number, top), 1),
            calls=number,
            words=words,
            label=label if (len(shown) - 1 - n) % every == 0 else "",
        )
        for n, (label, words, number) in enumerate(shown)
    ]
    lines = [(round(height_of(part, top), 1), part) for part in sorted({0, top // 2, top})]
    return Chart(bars, lines, len(figures) - len(shown))


def height_of(number: int, top: int) -> float:
    """The y of a number; y grows downwards."""
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * number / top


def scale(most: int) -> int:
    """The upper end of the scale: an even round number that is not below the highest bar."""
    size = 1
    while True:
        for step in (2, 4, 6, 8, 10):
            if step * size >= most:
                return step * size
        size *= 10

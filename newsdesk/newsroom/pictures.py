"""A small drawing for every article, so that pages look like a newspaper and need no photographs."""

from random import Random

_SKIES = (("#f4d9b0", "#c98a5b"), ("#cfe3ea", "#6f9fb3"), ("#e9d3df", "#9b6b8a"), ("#dfe8cf", "#86a065"))
_WIDTH, _HEIGHT = 960, 420


def draw(seed: str) -> str:
    """An SVG document of a town under a low sun; the same seed gives the same town."""
    dice = Random(seed)  # noqa: S311 - a drawing, not a secret
    light, dark = dice.choice(_SKIES)
    across, down, size = dice.randint(150, 800), dice.randint(120, 210), dice.randint(36, 58)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">',
        '<defs><linearGradient id="s" x1="0" y1="0" x2="0" y2="1">',
        f'<stop offset="0" stop-color="{light}"/><stop offset="1" stop-color="{dark}"/></linearGradient></defs>',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="url(#s)"/>',
        f'<circle cx="{across}" cy="{down}" r="{size}" fill="#fff6e0" opacity=".85"/>',
    ]
    for shade, low, high in (("#ffffff40", 90, 200), ("#33302b66", 70, 150), ("#211f1ccc", 30, 95)):
        parts += _row(dice, shade, low, high)
    return "".join([*parts, "</svg>"])


def _row(dice: Random, shade: str, low: int, high: int) -> list[str]:
    houses, left = [], -dice.randint(0, 40)
    while left < _WIDTH:
        width, height = dice.randint(38, 110), dice.randint(low, high)
        top = _HEIGHT - height
        houses.append(f'<rect x="{left}" y="{top}" width="{width}" height="{height}" fill="{shade}"/>')
        if dice.random() < 0.25:  # noqa: PLR2004 - one house in four has a dome
            houses.append(f'<circle cx="{left + width // 2}" cy="{top}" r="{width // 3}" fill="{shade}"/>')
        left += width + dice.randint(0, 14)
    return houses

"""What a trained network makes of an image: its maps, its kernels, and the kernels' taps that meet the image."""
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Sequence, Tuple

from resnet_gluon.plots.images import bare, limits
from resnet_gluon.plots.style import COLOURS, GREY, PAGE, PALE, PAPER, SIGNED, axes, canvas, listed, styled, told

import numpy as np

if TYPE_CHECKING:
    from resnet_gluon.plots.picture import Picture


def strongest(maps: np.ndarray, count: int) -> np.ndarray:
    """Places of the channels that vary most over an image, the first first. maps: (C, H, W)."""
    return np.argsort(-np.asarray(maps, float).reshape(len(maps), -1).std(axis=1), kind="stable")[:count]


@styled
def shape_pyramid(image: np.ndarray, maps: Mapping[str, np.ndarray], cards: int = 3) -> "Picture":
    """One image on its way through a network: for each part the channels that vary most, their number and size.

    image: (H, W) or (H, W, 3); maps: {part: (C, H, W)}, as `nets.maps_by_part` gives them. The side of a map is
    logarithmic in its number of pixels; each map has its own range of grey.
    """
    items = [("input", np.asarray(image))] + [(name, np.asarray(array)) for name, array in maps.items()]
    sizes = [array.shape[:2] if name == "input" else array.shape[1:] for name, array in items]
    sides = [0.42 + 0.88 * np.log2(max(size)) / max(np.log2(max(sizes[0])), 1) for size in sizes]
    shift = 0.16
    room = [side + shift * (1 if name == "input" else cards) for side, (name, _) in zip(sides, items)]
    figure, axis = canvas(100 * (sum(room) + 0.32 * len(items)), 100 * (max(room) + 0.85))
    x, said = 12.0, []
    base = 100 * max(room) + 12
    for (name, array), size, side, wide in zip(items, sizes, sides, room):
        layers = [array] if name == "input" else [array[place] for place in strongest(array, cards)][::-1]
        for number, layer in enumerate(layers):
            left, low = x + 100 * shift * number, base - 100 * shift * (len(layers) - 1 - number)
            axis.imshow(layer, extent=(left, left + 100 * side, low, low - 100 * side), zorder=number,
                        **(limits(array) if name == "input" else {}))
            axis.add_patch(rectangle(left, low - 100 * side, 100 * side, 100 * side, zorder=number + 0.5))
        channels = (array.shape[2] if array.ndim == 3 else 1) if name == "input" else len(array)
        words = " × ".join(map(str, (channels, *size)))
        axis.text(x + 50 * wide, base + 22, name, ha="center", fontweight="bold")
        axis.text(x + 50 * wide, base + 42, words, ha="center", color=GREY, fontsize=9.5)
        said.append(f"{name} {words}")
        x += 100 * wide + 32
    width, height = figure.get_size_inches()[0], axis.get_ylim()[0]
    axis.set(xlim=(0, x - 16), ylim=(height, 0), aspect="equal")
    figure.set_size_inches(width, width * height / (x - 16))
    return told(figure, "Feature maps of one image through a network, channels × height × width: "
                        f"{listed(said)}.")


def rectangle(x: float, y: float, width: float, height: float, **options: Any) -> Any:
    """A map's frame."""
    from matplotlib.patches import Rectangle
    return Rectangle((x, y), width, height, facecolor="none", edgecolor=GREY, linewidth=0.9, **options)


@styled
def split(x: np.ndarray, branch: np.ndarray, total: np.ndarray, channels: Optional[Sequence[int]] = None) -> "Picture":
    """Feature maps at one block's addition: what comes by the shortcut, what the branch adds, and their sum.

    x, branch, total: (C, H, W), as `nets.activations` gives them. channels: which to show; by default the eight in
    which the branch varies most. All maps have one scale: grey is zero, lighter is positive, darker is negative.
    """
    arrays = {"x": np.asarray(x), "f(x)": np.asarray(branch), "x + f(x)": np.asarray(total)}
    chosen = list(strongest(arrays["f(x)"], 8) if channels is None else channels)
    bound = max(float(np.percentile(np.abs(array[chosen]), 99.5)) for array in arrays.values()) or 1.0
    tile = (PAGE - 1.5) / len(chosen)
    figure, panels = axes(3, len(chosen), height=3 * tile + 0.5, squeeze=False)
    figure.get_layout_engine().set(w_pad=0.02, h_pad=0.03, wspace=0, hspace=0)
    for row, (name, array) in zip(panels, arrays.items()):
        for axis, channel in zip(row, chosen):
            shown = axis.imshow(array[channel], cmap=SIGNED, vmin=-bound, vmax=bound)
            axis.set(xticks=[], yticks=[])
            axis.grid(visible=False)
            axis.spines[:].set_visible(False)
        row[0].set_ylabel(name, rotation=0, ha="right", va="center", fontsize=12, style="italic")
    for axis, channel in zip(panels[0], chosen):
        axis.set_title(f"{'channel ' if axis is panels[0, 0] and tile > 0.9 else ''}{channel}", fontweight="normal",
                       loc="center", fontsize=9)
    figure.colorbar(shown, ax=list(panels.flat), label="value", shrink=0.8, extend="both")
    rms = {name: float(np.sqrt((array.astype(float) ** 2).mean())) for name, array in arrays.items()}
    sizes = listed(f"{size:.2g} in {name}" for name, size in rms.items())
    return told(figure, f"Feature maps of channels {listed(map(str, chosen))} at a block's addition, in three rows. "
                        f"Root mean square over all channels: {sizes}.")


@styled
def kernels(weights: np.ndarray, columns: Optional[int] = None) -> "Picture":
    """The kernels of a first layer, each a small image of what it looks for.

    weights: (out, in, height, width); columns: so many in a row. With three input channels they are shown in colour,
    each on its own scale; otherwise the input channels are averaged and all kernels share one scale: grey is zero,
    lighter is positive.
    """
    weights = np.asarray(weights, float)
    count, colour = len(weights), weights.shape[1] == 3
    columns = min(columns or (8 if count <= 32 else 16), count)
    rows = -(-count // columns)
    tile = min(0.7, (PAGE - (0 if colour else 1.0)) / columns)
    figure, panels = axes(rows, columns, width=max(3.0, columns * tile + (0.1 if colour else 1.0)),
                          height=max(1.2, rows * tile + 0.1), squeeze=False)
    figure.get_layout_engine().set(w_pad=0.015, h_pad=0.015, wspace=0, hspace=0)
    bound = max(float(np.abs(weights.mean(axis=1)).max()), 1e-12)
    for axis in panels.flat:
        axis.axis("off")
    for axis, kernel in zip(panels.flat, weights):
        if colour:
            image = kernel.transpose(1, 2, 0)
            bare(axis, 0.5 + image / (2 * max(np.abs(image).max(), 1e-12)))
        else:
            shown = bare(axis, kernel.mean(axis=0), cmap=SIGNED, vmin=-bound, vmax=bound)
    if not colour:
        figure.colorbar(shown, ax=list(panels.flat), label="weight", shrink=0.9)
    high, wide = weights.shape[2:]
    return told(figure, f"{count} kernels of {high} × {wide} weights and {weights.shape[1]} input channels, in rows of "
                        f"{columns}.")


def tap(axis: Any, x: float, y: float, side: float, alive: bool, gid: str = "") -> None:
    """One weight of a kernel: dark where it meets the image, hatched where it does not."""
    from matplotlib.patches import Rectangle
    axis.add_patch(Rectangle((x, y), side, side, edgecolor=PAPER if alive else GREY, linewidth=1.0 if alive else 0.5,
                             facecolor=COLOURS[0] if alive else PALE, hatch=None if alive else "////",
                             gid=gid or ("live" if alive else "dead")))


def grouped(taps: Mapping[str, Any]) -> List[Tuple[str, Any, int]]:
    """(name, taps, how many) of the layers whose kernels are larger than one tap, alike ones in a row as one."""
    found: List[List[Any]] = []
    for name, one in taps.items():
        if max(one.shape[2:]) == 1:
            continue
        name = name.rpartition(".weight")[0] or name
        if found and (one.shape[2:], one.live) == (found[-1][1].shape[2:], found[-1][1].live) and (
                name.split(".")[0] == found[-1][0].split(".")[0]):
            found[-1][2] += 1
        else:
            found.append([name, one, 1])
    return [(name, one, count) for name, one, count in found]


@styled
def live_taps(sizes: Mapping[str, Mapping[str, Any]]) -> "Picture":
    """Which taps of a network's kernels ever meet the image, at several image sizes; the others are hatched.

    sizes: {column title: `nets.live_taps(net, shape)`}. Layers of a part with the same live taps are drawn once, with
    their number; kernels of one tap are left out. A row is a layer that begins a new kind at some size.
    """
    tables: Dict[str, List[Tuple[str, Any, int]]] = {title: grouped(taps) for title, taps in sizes.items()}
    names = sorted({name for table in tables.values() for name, *_ in table},
                   key=[name.rpartition(".weight")[0] for name in next(iter(sizes.values()))].index)
    side, left, column = 54.0, 150.0, 100.0
    wide, low = max(380.0, left + column * len(sizes)), 44 + (side + 12) * len(names)
    figure, axis = canvas(wide, low + 30, wide / 100)
    said = []
    for number, (title, taps) in enumerate(sizes.items()):
        x = left + column * number
        axis.text(x + side / 2, 22, title, ha="center", va="center", fontweight="bold")
        dead, every = sum(one.dead for one in taps.values()), sum(int(np.prod(one.shape)) for one in taps.values())
        said.append(f"at {title} {dead / every:.0%} of the convolutions' weights meet only padding")
        for row, name in enumerate(names):
            one = taps[f"{name}.weight"]
            shape = one.shape[2:] if len(one.shape) == 4 else (1, one.shape[2])
            live = one.live if len(one.live) == 2 else ((0, 1), *one.live)
            y = 44 + (side + 12) * row
            for i, j in np.ndindex(*shape):
                tap(axis, x + j * side / max(shape), y + i * side / max(shape), side / max(shape),
                    live[0][0] <= i < live[0][1] and live[1][0] <= j < live[1][1])
    for row, name in enumerate(names):
        axis.text(12, 44 + (side + 12) * row + side / 2, name, va="center")
    for x, alive, words in ((12.0, True, "meets the image"), (172.0, False, "only ever meets padding")):
        tap(axis, x, low + 4, 15, alive, "key")
        axis.text(x + 22, low + 12, words, va="center")
    return told(figure, f"Live taps of a network's kernels: {listed(said)}.")

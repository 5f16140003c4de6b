"""Pictures, from numbers and arrays only: nothing here trains or loads. Every function returns its figure."""
import numpy as np


def _axes(*args, **kwargs):
    import matplotlib.pyplot as plt  # heavy, hence not imported with the package
    return plt.subplots(*args, constrained_layout=True, **kwargs)


def image_grid(images, titles=None, columns=10, scale=1.1):
    """Greyscale pictures in rows of `columns`. images: (n, H, W); titles: n strings."""
    rows = -(-len(images) // columns)
    figure, axes = _axes(rows, columns, figsize=(columns * scale, rows * scale * (1.25 if titles else 1.05)),
                         squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for i, (axis, image) in enumerate(zip(axes.flat, images)):
        axis.imshow(image, cmap="gray_r", vmin=0, vmax=255)
        if titles:
            axis.set_title(titles[i], fontsize=8)
    return figure


def learning_curves(histories, key="val_accuracy", labels=None):
    """Training loss by step and one validation number by epoch, of one `History` or several."""
    histories = histories if isinstance(histories, (list, tuple)) else [histories]
    labels = labels or [None] * len(histories)
    figure, (left, right) = _axes(1, 2, figsize=(9, 3))
    for history, label, style, marker in zip(histories, labels, ("-", "--", "-.", ":"), "os^D"):
        loss = np.asarray(history.steps["loss"])
        width = max(1, len(loss) // 50)
        smooth = np.convolve(loss, np.ones(width) / width, mode="valid") if len(loss) else loss
        left.plot(np.arange(width, len(loss) + 1) - width // 2, smooth, style, label=label)
        right.plot(range(1, len(history.epochs) + 1), [epoch[key] for epoch in history.epochs], style,
                   marker=marker, label=label)
    left.set(xlabel="step", ylabel="training loss (nats)", title="running mean of 2 % of the steps")
    right.set(xlabel="epoch", ylabel={"val_accuracy": "validation accuracy", "val_loss": "validation loss (nats)"}[key])
    right.set_xticks(range(1, max([len(history.epochs) for history in histories] + [1]) + 1))
    for axis in (left, right):
        axis.grid(alpha=0.3)
        if any(labels):
            axis.legend()
    return figure


class LiveCurves:
    """For `fit(…, watch=LiveCurves())` in Jupyter: the learning curves, drawn anew after every epoch in one place."""

    def __init__(self):
        self.handle = None

    def __call__(self, history):
        import matplotlib.pyplot as plt
        from IPython.display import display
        figure = learning_curves(history)
        if self.handle is None:
            self.handle = display(figure, display_id=True)
        else:
            self.handle.update(figure)
        plt.close(figure)  # or it would be shown once more at the end of the cell


def confusion(evaluation, classes):
    """Counts of true class (row) against predicted class (column); the diagonal, the right answers, is left grey."""
    counts = evaluation.confusion
    wrong = counts * (1 - np.eye(len(counts), dtype=int))
    figure, axis = _axes(figsize=(6.5, 5.5))
    picture = axis.imshow(wrong, cmap="Greys")
    for row, column in np.ndindex(*counts.shape):
        if counts[row, column]:
            axis.text(column, row, counts[row, column], ha="center", va="center", fontsize=8,
                      fontweight="bold" if row == column else "normal",
                      color="white" if wrong[row, column] > wrong.max() / 2 else "black")
    axis.set_xticks(range(len(classes)), classes, rotation=45, ha="right")
    axis.set_yticks(range(len(classes)), classes)
    axis.set(xlabel="predicted class", ylabel="true class")
    figure.colorbar(picture, label="wrong answers (images)")
    return figure


def network(description, stages):
    """A drawing of a residual network from its `Description`: under each part its channels, and height × width.

    One bar a part: its height is that of the feature map (logarithmic), its width the number of channels
    (logarithmic). Above the stages, one arc a block, dashed where the shortcut is a projection.
    `stages` holds, for each stage, one bool a block: whether its shortcut is projected.
    """
    from matplotlib.patches import FancyArrowPatch, Rectangle
    figure, axis = _axes(figsize=(11, 3.6))
    parts = [("input", description.input_shape)] + [(row.name, row.output_shape) for row in description.rows]
    x, blocks = 0.0, iter(stages)
    for name, shape in parts:
        channels, size = shape[1], shape[2] if len(shape) == 4 else 1
        height, width = 0.5 + 0.6 * np.log2(size), 0.35 + 0.1 * np.log2(channels)
        flags = next(blocks) if name.startswith("stage") else (False,)
        start = x
        for projected in flags:
            axis.add_patch(Rectangle((x, -height / 2), width, height, facecolor="0.85", edgecolor="black"))
            if name.startswith("stage"):
                axis.add_patch(FancyArrowPatch((x - 0.12, height / 2 + 0.15), (x + width + 0.05, height / 2 + 0.15),
                                               connectionstyle="arc3,rad=-0.6", arrowstyle="-|>", mutation_scale=9,
                                               linestyle="--" if projected else "-"))
            x += width + 0.2
        middle = (start + x - 0.2) / 2
        lines = [name, f"{channels:,}", "×".join(map(str, shape[2:]))]  # channels, then height × width
        axis.text(middle, -3.1, "\n".join(lines), ha="center", va="top", fontsize=8)
        x += 0.55
    axis.plot([], [], "k-", label="identity shortcut")
    axis.plot([], [], "k--", label="projection (1×1)")
    axis.legend(loc="upper right", fontsize=8, frameon=False)
    axis.set(xlim=(-0.4, x), ylim=(-4.7, 3.9))
    axis.axis("off")
    return figure


def cost_against_error(rows):
    """Networks by their cost and their error. rows: (name, multiply-adds, parameters, error in per cent) each.

    A marker's area stands for the number of parameters; names that begin with "plain" get squares.
    """
    figure, axis = _axes(figsize=(7, 3.6))
    for name, macs, parameters, error in rows:
        plain = name.startswith("plain")
        axis.scatter(macs / 1e9, error, s=parameters / 2e5, marker="s" if plain else "o", facecolors="none",
                     edgecolors="C1" if plain else "C0")
        axis.annotate(name, (macs / 1e9, error), xytext=(10, 6 - 18 * plain), textcoords="offset points", fontsize=8)
    axis.set(xlabel="multiply-adds for an image (10⁹, logarithmic)", ylabel="top-1 error (%)", xscale="log")
    axis.set_xticks([2, 4, 8, 12], ["2", "4", "8", "12"])
    axis.minorticks_off()
    axis.margins(0.2)
    axis.grid(alpha=0.3)
    return figure


def gradient_profile(profiles):
    """How large the loss's gradient is along networks of one depth. profiles: {name: one norm a place}."""
    figure, axis = _axes(figsize=(7, 3))
    for (name, norms), style, marker in zip(profiles.items(), ("-", "--", "-.", ":"), "os^D"):
        axis.plot(range(len(norms)), norms, style, marker=marker, markersize=3, label=name)
    axis.set(xlabel="block, from the stem (0) to the last", ylabel="norm of the gradient\n(logarithmic)", yscale="log")
    axis.grid(alpha=0.3)
    axis.legend()
    return figure


def series_by_class(series, labels, classes, title, most=8):
    """Up to `most` series of each class, one panel a class. series: (n, W); labels: (n,); classes: their names."""
    figure, axes = _axes(1, len(classes), figsize=(3 * len(classes), 2.2), sharey=True, squeeze=False)
    for label, axis in enumerate(axes[0]):
        axis.plot(series[labels == label][:most].T, color="0.3", linewidth=0.8)
        axis.set(title=f"{title}, class {classes[label]}", xlabel="time (steps)")
    axes[0, 0].set_ylabel("value (normalised)")
    return figure


def series_with_activation(examples):
    """Series, their points darker and larger where they speak for a class. examples: (title, series, scores) each.

    Scores are scaled to the range of each example.
    """
    figure, axes = _axes(1, len(examples), figsize=(4.2 * len(examples), 2.6), sharey=True, squeeze=False)
    for axis, (title, series, scores) in zip(axes[0], examples):
        share = (scores - scores.min()) / max(np.ptp(scores), 1e-12)
        axis.plot(series, color="0.8", linewidth=1, zorder=1)
        axis.scatter(range(len(series)), series, c=share, cmap="Greys", vmin=-0.2, vmax=1, s=4 + 30 * share, zorder=2)
        axis.set(title=title, xlabel="time (steps)")
    axes[0, 0].set_ylabel("value (normalised)")
    return figure


def spread(results, xlabel):
    """Every result of several seeds as a point, and their means. results: {name: numbers}."""
    figure, axis = _axes(figsize=(7, 0.9 + 0.45 * len(results)))
    for place, numbers in enumerate(results.values()):
        axis.plot(numbers, [place] * len(numbers), "o", color="0.3", fillstyle="none")
        axis.plot([np.mean(numbers)] * 2, [place - 0.3, place + 0.3], color="black")
    axis.set(xlabel=f"{xlabel} (circles: seeds; bars: means)", yticks=range(len(results)), yticklabels=list(results))
    axis.invert_yaxis()
    axis.grid(axis="x", alpha=0.3)
    return figure

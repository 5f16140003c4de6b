"""Pictures, from plain values and arrays only: nothing here trains or loads. Every function returns its figure."""
from resnet_gluon.plots.curves import LiveCurves, cost_against_error, gradient_profile, learning_curves, spread
from resnet_gluon.plots.diagrams import network
from resnet_gluon.plots.images import confusion, image_grid
from resnet_gluon.plots.series import series_by_class, series_with_activation

__all__ = ["LiveCurves", "confusion", "cost_against_error", "gradient_profile", "image_grid", "learning_curves",
           "network", "series_by_class", "series_with_activation", "spread"]

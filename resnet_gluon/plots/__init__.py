"""Pictures, from plain values and arrays only: nothing here trains or loads. Every function returns its figure."""
from resnet_gluon.plots.blocks import blocks, gradient_path
from resnet_gluon.plots.comparing import cost_against_error, paired, spread
from resnet_gluon.plots.curves import LiveCurves, learning_curves, losses, schedule
from resnet_gluon.plots.depth import along_depth, branch_against_shortcut, gradient_profile, lesions
from resnet_gluon.plots.features import kernels, live_taps, shape_pyramid, split
from resnet_gluon.plots.ideas import function_classes, paths
from resnet_gluon.plots.images import class_activation, image_grid
from resnet_gluon.plots.judging import confusion, reliability
from resnet_gluon.plots.networks import network
from resnet_gluon.plots.series import series_by_class, series_with_activation

__all__ = ["LiveCurves", "along_depth", "blocks", "branch_against_shortcut", "class_activation", "confusion",
           "cost_against_error", "function_classes", "gradient_path", "gradient_profile", "image_grid", "kernels",
           "learning_curves", "lesions", "live_taps", "losses", "network", "paired", "paths", "reliability", "schedule",
           "series_by_class", "series_with_activation", "shape_pyramid", "split", "spread"]

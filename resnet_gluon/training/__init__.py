"""Training: recipes, one visible loop, what surrounds it, and how good a net is in the end."""
from resnet_gluon.training.calibration import Calibration, calibration
from resnet_gluon.training.evaluation import Evaluation, evaluate, scatter
from resnet_gluon.training.fine_tune import fine_tune
from resnet_gluon.training.folder_lock import RunInUse, discard
from resnet_gluon.training.history import Epoch, History
from resnet_gluon.training.loop import end_of_epoch, fit, fresh_arrays, one_cycle, one_step, seed_everything
from resnet_gluon.training.recipes import BUDGETS, RECIPES, Budget, Recipe, Training, budget, recipe
from resnet_gluon.training.run import Diverged
from resnet_gluon.training.run_folder import load_run
from resnet_gluon.training.trained import TrainedNet, pretrained, trained_nets

__all__ = ["BUDGETS", "RECIPES", "Budget", "Calibration", "Diverged", "Epoch", "Evaluation", "History", "Recipe",
           "RunInUse", "TrainedNet", "Training", "budget", "calibration", "discard", "end_of_epoch", "evaluate",
           "fine_tune", "fit", "fresh_arrays", "load_run", "one_cycle", "one_step", "pretrained", "recipe", "scatter",
           "seed_everything", "trained_nets"]

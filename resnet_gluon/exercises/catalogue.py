"""The exercises: what is asked, which hints there are, and which check knows right from wrong."""
from dataclasses import dataclass
from typing import Callable, Tuple

from resnet_gluon.exercises.checks import accuracy, arrays, blocks, loops, networks, numbers, stages


@dataclass(frozen=True)
class Exercise:
    """One exercise. notebook: its number; check: function (report, attempt), which notes findings in the report.

    task: what `attempt` should be. hints: from a nudge to nearly the answer.
    """
    name: str
    notebook: int
    difficulty: str
    task: str
    check: Callable
    hints: Tuple[str, ...] = ()


ALL = (
    Exercise("tower-depth", 1, "easy",
             "a function blocks_for(depth): the blocks of a tower, ValueError if there is none",
             numbers.check_tower, (
                 "How many layers with weights has a block? Which layers are not in a block?",
                 "A tower of b blocks has 2b + 2 layers. Solve for b.",
                 "Which depths have no whole b ≥ 1? Test for them before you divide.")),
    Exercise("residual-block", 2, "medium",
             "a class like Residual(num_channels, use_1x1conv=False, strides=1)",
             blocks.check_block(blocks.RESIDUAL), (
                 "Which layers have weights? Give each a name in __init__, and use each once in the forward pass.",
                 "Branch: 3×3 with the stride, BN, ReLU, 3×3, BN. Both convolutions pad by 1.",
                 "Shortcut: the input, or with use_1x1conv a 1×1 convolution with the branch's stride. Add first, then "
                 "apply ReLU.")),
    Exercise("plain-block", 2, "easy",
             "a class like Plain(num_channels, strides=1): a residual block without its shortcut",
             blocks.check_block(blocks.PLAIN), (
                 "Take the residual block, and leave something out.",
                 "3×3 with the stride, BN, ReLU, 3×3, BN, ReLU.")),
    Exercise("residual-parameters", 2, "easy",
             "a function parameters(c_in, c_out, use_1x1conv): how many Residual trains",
             numbers.check_parameters, (
                 "A k×k convolution from a to b channels has k·k·a·b weights, and here no biases.",
                 "BatchNorm trains two numbers a channel.",
                 "With the projection there is a 1×1 convolution more, and its BatchNorm.")),
    Exercise("resnet-block", 3, "medium",
             "a function like resnet_block(num_channels, num_residuals, first_block=False)",
             stages.check_stage, (
                 "Which block of a stage changes the shape? Is there one in the first stage?",
                 "The first block has use_1x1conv=True and strides=2, unless first_block is true. All others keep the "
                 "shape.", "Make a new block in each round of the loop, add it to a Sequential, and return that.")),
    Exercise("resnet18", 3, "medium",
             "a function like resnet18(num_classes=10), with the stem for large images or the one for small ones",
             networks.check_resnet18, (
                 "Stem, four stages of two blocks, pooling, dense.",
                 "Stem: 7×7 with stride 2 to 64 channels, BN, ReLU, 3×3 max-pooling with stride 2, padded by 3 and 1; "
                 "for small images 3×3, BN, ReLU.",
                 "The stages have 64, 128, 256 and 512 channels; the first one is told so by first_block=True.",
                 "After the stages: GlobalAvgPool2D and Dense(num_classes), and nothing behind it.")),
    Exercise("count-parameters", 3, "easy",
             "a function (net) → the number of its trainable parameters",
             numbers.check_count, (
                 "net.collect_params().values() are the parameters; each has a shape.",
                 "What is not trained has grad_req 'null'.",
                 "Multiply the lengths of each shape, and add up the products.")),
    Exercise("resnet34-stages", 3, "easy",
             "the stages of ResNet-34, ((channels, blocks), …)",
             numbers.check_stages(((64, 3), (128, 4), (256, 6), (512, 3))), (
                 "The paper's table 1, column 34-layer.",
                 "Two of the 34 layers are in no block, and a basic block has two. How many blocks are there?",
                 "The channels are ResNet-18's. Of the 16 blocks the first stage has 3 and the last one too.")),
    Exercise("training-loop", 4, "medium",
             "a function fit(net, batches, lr): one pass of plain SGD over the batches → list of each one's mean "
             "cross-entropy",
             loops.check_training_loop, (
                 "Record the net and the loss, go backwards, take a step.",
                 "gluon.Trainer(net.collect_params(), 'sgd', {'learning_rate': lr}), and trainer.step(len(images)).",
                 "The loss function gives one number an image. Keep the mean of each batch, from before its step.")),
    Exercise("evaluate", 4, "easy",
             "a function evaluate(net, batches) → the share of right answers, of all images, in predict mode",
             accuracy.check_evaluate, (
                 "The answer is the class with the largest output.",
                 "Add up the right answers and the images, and divide once, in the end.",
                 "Outside record() a net is in predict mode. answers = "
                 "net(images).argmax(axis=1).astype(labels.dtype), and (answers == labels).sum() of them are right.")),
    Exercise("top-2-accuracy", 4, "easy",
             "a function top2(evaluation) → the share of images whose class is among the two most probable",
             numbers.check_top2, (
                 "evaluation.probabilities has a row for each image, evaluation.labels its class.",
                 "argsort sorts each row upwards: the two most probable classes come last.",
                 "Compare both columns with labels[:, None]; any(axis=1) says whether either is right.")),
    Exercise("bottleneck-block", 5, "medium",
             "a class like Bottleneck(num_channels, use_1x1conv=False, strides=1); num_channels: the output's",
             blocks.check_block(blocks.BOTTLENECK), (
                 "Three convolutions: down to a quarter of the channels, across, and up again.",
                 "Each has a BN behind it, and each but the last a ReLU. Only the 3×3 needs padding.",
                 "The stride can be on the first 1×1 or on the 3×3.")),
    Exercise("resnet26-stages", 5, "easy",
             "the stages of a ResNet-26 of bottlenecks, ((channels, blocks), …)",
             numbers.check_stages(((256, 2), (512, 2), (1024, 2), (2048, 2))), (
                 "Three layers a block, and two more. How many blocks are that?",
                 "Each stage has equally many. Their channels, counted at the output, are ResNet-50's.",
                 "The first stage has 256 channels, four times the 64 of its 3×3 convolutions.")),
    Exercise("zero-pad-shortcut", 6, "easy",
             "a function (x, channels, strides): option A's shortcut of x, or a Block class made with (channels, "
             "strides)",
             arrays.check_zero_pad, (
                 "Slicing with a step keeps every second pixel, the first one too.",
                 "How many channels are new? Their shape is otherwise that of the sliced input.",
                 "np.pad takes a pair (before, behind) for each axis; or put an array of zeros beside the old one.")),
    Exercise("preactivation-block", 7, "medium",
             "a class like Residual(num_channels, use_1x1conv=False, strides=1), BN and ReLU before each convolution",
             blocks.check_block(blocks.PREACTIVATION), (
                 "Branch: BN, ReLU, 3×3 with the stride, BN, ReLU, 3×3.",
                 "Nothing comes after the addition.",
                 "A projection starts behind the first ReLU (or at the input), and has no BN.")),
    Exercise("residual-block-1d", 8, "medium",
             "a class like Residual(num_channels, use_1x1conv=False, strides=1), for series (N, C, W)",
             blocks.check_block(blocks.SERIES), (
                 "What slides along one axis instead of two?",
                 "nn.Conv1D, twice with kernel 3, and with kernel 1 on the shortcut.")),
    Exercise("receptive-field", 8, "easy",
             "how many values of a series one value behind the last block sees",
             numbers.check_field, (
                 "Begin with one value, and go back through one convolution.",
                 "Each convolution of kernel k adds k - 1. There are nine.",
                 "A block's kernels are 8, 5 and 3, which add 7 + 4 + 2, and there are three blocks.")),
    Exercise("fine-tune-head", 9, "medium",
             "a function fine_tune(net, num_classes) → the net, a HybridSequential, with a new dense layer at its end",
             arrays.check_fine_tune, (
                 "What of the net stays, and what does not?",
                 "net[:-1] is everything before the head.",
                 "Initialise the new layer alone, and mind that a compiled net remembers its old head.")),
    Exercise("nearest-mean", 9, "easy",
             "a function nearest_mean(features, labels, queries) → the class of each row of queries; NumPy arrays",
             numbers.check_nearest, (
                 "First the mean feature of each class, an array of shape (classes, features).",
                 "queries[:, None] - means has all differences. Which class has the smallest sum of squares?")),
)
BY_NAME = {exercise.name: exercise for exercise in ALL}

"""What a teacher says of a block's ReLUs: where they should be, and where not."""

from resnet_gluon.exercises.judge.traces import text


def examine_activations(report, body, plan):
    """Say where a ReLU is missing or one too many, of a block whose convolutions and normalisations were looked at."""
    kinds = [op.kind for op in body.branch if op.kind in ("conv", "bn", "relu")]
    if plan.plain:
        examine_plain(report, body, kinds, plan)
        return
    if kinds == plan.other_version:
        place = "before each" if plan.preactivation else "after the"
        report.find("order", "These are the right layers in the order of the other version: here BN and ReLU come "
                    f"{place} convolution.", expected=plan, observed=text(body.branch))
        return
    if body.join is not None:
        examine_addition(report, body, kinds, plan)
    if not plan.preactivation and kinds[-1:] == ["relu"]:
        kinds = kinds[:-1]  # the one that belongs behind the addition
    examine_order(report, body, kinds, plan)


def examine_plain(report, body, kinds, plan):
    """A block without a shortcut ends in a ReLU as well."""
    if [*kinds, "relu"] == plan.kinds:
        report.find("final-relu-missing", "There is no ReLU at the end.", expected=plan, observed=text(body.branch))
    else:
        examine_order(report, body, kinds, plan)


def examine_addition(report, body, kinds, plan):
    """The ReLU after the addition, which version 1 has and version 2 has not."""
    has_relu = "relu" in [op.kind for op in body.after]
    if plan.preactivation:
        report.expect(not has_relu, "relu-after-addition", "There is a ReLU after the addition. In a pre-activation "
                      "block the shortcut is free: what the block gives can be negative.", observed=text(body.after))
    elif kinds[-1:] == ["relu"]:
        report.find("relu-before-addition", "ReLU is applied before the addition, so the block can only add "
                    "non-negative corrections.", expected=plan, observed=text(body.branch),
                    hint="A branch should be able to take away: add first, then apply ReLU.")
    else:
        report.expect(has_relu or report.found("relu-before-addition"), "final-relu-missing", "There is no ReLU after "
                      "the addition.", expected="relu(shortcut + branch)")


def examine_order(report, body, kinds, plan):
    """The branch's order, once its parts are all there."""
    wanted, shown = plan.kinds, {"expected": plan, "observed": text(body.branch)}
    if kinds == wanted:
        return
    if kinds.count("relu") < wanted.count("relu"):
        report.find("inner-relu-missing", "A ReLU is missing in the branch.", **shown,
                    hint="Without one between them, two convolutions are no more than one.")
    elif kinds.count("relu") > wanted.count("relu"):
        report.find("extra-relu", "There is a ReLU too many in the branch.", **shown)
    elif sorted(kinds) == sorted(wanted):
        report.find("order", "The branch has the right layers in the wrong order.", **shown)

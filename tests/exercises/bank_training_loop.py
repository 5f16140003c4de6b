"""The loop that trains, right and wrong."""
import mxnet as mx
import numpy as onp
from bank import Bank
from mxnet import autograd, gluon, init, np, npx

BANK = Bank("training-loop", '''
def fit(net, batches, lr):
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": lr})
    loss_function = gluon.loss.SoftmaxCrossEntropyLoss()
    losses = []
    for images, labels in batches:
        with autograd.record():
            loss = loss_function(net(images), labels)
        loss.backward()
        trainer.step(len(images))
        losses.append(float(loss.mean()))
    return losses
''', {"gluon": gluon, "autograd": autograd, "np": np, "npx": npx, "init": init})


# Right, in other styles

@BANK.right
def mean_loss_and_step_one(net, batches, lr):
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": lr})
    cross_entropy, losses = gluon.loss.SoftmaxCrossEntropyLoss(), []
    for x, y in batches:
        with autograd.record():
            loss = cross_entropy(net(x), y).mean()
        loss.backward()
        trainer.step(1)
        losses.append(loss.asnumpy().item())
    return losses


@BANK.right
def by_hand(net, data, learning_rate):
    history = []
    for x, y in data:
        with autograd.record():
            log_p = npx.log_softmax(net(x))
            loss = -npx.pick(log_p, y).mean()
        loss.backward()
        for parameter in net.collect_params().values():
            if parameter.grad_req != "null":
                parameter.set_data(parameter.data() - learning_rate * parameter.grad())
        history += [loss.item()]
    return history


@BANK.right
def in_place(net, batches, lr):
    loss_function, losses = gluon.loss.SoftmaxCrossEntropyLoss(), []
    for x, y in batches:
        with autograd.record():
            loss = loss_function(net(x), y).mean()
        autograd.backward(loss)
        for p in net.collect_params().values():
            if p.grad_req == "write":
                p.data()[:] = p.data() - lr * p.grad()
        losses.append(loss)
    return losses


@BANK.right
def legacy_interface(net, batches, lr):
    trainer = gluon.Trainer(net.collect_params(), mx.optimizer.SGD(learning_rate=lr))
    losses = []
    for x, y in batches:
        with autograd.record():
            loss = -mx.nd.pick(mx.nd.log_softmax(net(x)), y)
        loss.backward()
        trainer.step(x.shape[0])
        losses.append(mx.nd.mean(loss).asscalar())
    return losses


@BANK.right
def hybridized(net, batches, lr):
    net.hybridize(static_alloc=True)
    loss_function = gluon.loss.SoftmaxCELoss()
    loss_function.hybridize()
    trainer = gluon.Trainer(net.collect_params(), "sgd", optimizer_params={"learning_rate": lr}, kvstore=None)

    def step(images, labels):
        with autograd.record():
            loss = loss_function(net(images), labels)
        loss.backward()
        trainer.step(images.shape[0])
        return loss.mean().asnumpy()

    return [step(*batch) for batch in batches]


@BANK.right
def gradients_by_autograd_grad(net, batches, lr):
    losses = []
    loss_function = gluon.loss.SoftmaxCrossEntropyLoss()
    learned = [p for p in net.collect_params().values() if p.grad_req != "null"]
    for i, (x, y) in enumerate(batches):
        with autograd.record():
            loss = loss_function(net(x), y).mean()
        gradients = autograd.grad(loss, [p.data() for p in learned])
        for p, g in zip(learned, gradients):
            p.set_data(p.data() - lr * g.as_np_ndarray())
        losses.insert(i, float(loss))
    return losses


@BANK.right
def array_of_losses(net, batches, lr):
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": lr, "momentum": 0, "wd": 0})
    loss_function = gluon.loss.SoftmaxCrossEntropyLoss()
    return onp.array([one_step(net, trainer, loss_function, x, y) for x, y in list(batches)])


def one_step(net, trainer, loss_function, x, y):
    with autograd.record(), autograd.train_mode():
        loss = loss_function(net(x), y)
    loss.backward()
    trainer.allreduce_grads()
    trainer.update(len(y))
    return loss.mean().item()


@BANK.right
def losses_tuple_one_hot(net, batches, lr):
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": lr, "rescale_grad": 1.0})
    loss_function, losses = gluon.loss.SoftmaxCrossEntropyLoss(sparse_label=False), ()
    for x, y in batches:
        with autograd.record():
            outputs = net(x)
            loss = loss_function(outputs, npx.one_hot(y, outputs.shape[1])).sum() / len(x)
        loss.backward()
        trainer.step(1)
        losses += (float(loss),)
    return losses


BANK.mutate_right(("float(loss.mean())", "loss.mean()"))
BANK.mutate_right(("float(loss.mean())", "sum(loss.asnumpy()) / len(images)"))
BANK.mutate_right(("len(images)", "images.shape[0]"))
BANK.mutate_right(("        loss.backward()", "            loss.backward()"))
BANK.mutate_right(("    losses = []\n", "    losses = []\n    net.hybridize()\n"))
BANK.mutate_right(("loss = loss_function(net(images), labels)",
                   "outputs = net(images)\n            loss = loss_function(outputs, labels)"))

# One thing changed

RECORD = "        with autograd.record():\n            loss = loss_function(net(images), labels)\n"
BANK.mutate("no-record", (RECORD, "        loss = loss_function(net(images), labels)\n"))
BANK.mutate("no-record", ("autograd.record()", "autograd.train_mode()"))
BANK.mutate("no-record", (RECORD, "        outputs = net(images)\n        with autograd.record():\n"
                                  "            loss = loss_function(outputs, labels)\n"))
BANK.mutate("no-backward", ("        loss.backward()\n", ""))
BANK.mutate("no-backward", ("loss.backward()", "loss.backward"))
BANK.mutate("no-backward", ("        loss.backward()\n        trainer.step(len(images))",
                            "        trainer.step(len(images))\n        loss.backward()"))
BANK.mutate("no-update", ("        trainer.step(len(images))\n", ""))
BANK.mutate("no-update", ("trainer.step(len(images))", "trainer.step"))
BANK.mutate("batch-size", ("len(images)", "1"))
BANK.mutate("batch-size", ("net(images), labels)", "net(images), labels).sum()"), ("len(images)", "1"))
BANK.mutate("batch-size", ("net(images), labels)", "net(images), labels).mean()"))
BANK.mutate("no-record", ("loss.backward()", "(-loss).backward()"))
BANK.mutate("ascent", ("loss = loss_function", "loss = -loss_function"))
BANK.mutate("ascent", ('"learning_rate": lr', '"learning_rate": -lr'))
BANK.mutate("step-size", ('"learning_rate": lr', '"learning_rate": 0.05'))
BANK.mutate("step-size", ('"learning_rate": lr', '"learning_rate": lr / 10'))
BANK.mutate("step-size", ("len(images)", "len(images[0])"))
BANK.mutate("step-size", ("len(images)", "256"))
BANK.mutate("learning-rate", ('"learning_rate": lr', '"learning_rate": 0.1'))
BANK.mutate("learning-rate", (', {"learning_rate": lr}', ', {"learning_rate": 0.1}'))
BANK.mutate("step-size", (', {"learning_rate": lr}', ''))
BANK.mutate("momentum", ('"learning_rate": lr', '"learning_rate": lr, "momentum": 0.9'))
BANK.mutate("optimizer", ('"sgd"', '"adam"'))
BANK.mutate("optimizer", ('"sgd"', '"signum"'))
BANK.mutate("weight-decay", ('"learning_rate": lr', '"learning_rate": lr, "wd": 0.1'))
BANK.mutate("weight-decay", ('"learning_rate": lr', '"learning_rate": lr, "wd": 1e-4'))
BANK.mutate("batch-size", ("trainer.step(len(images))", "trainer.step(len(batches[0][0]))"))
BANK.mutate("function", ("SoftmaxCrossEntropyLoss()", "L2Loss()"), ("labels)", "npx.one_hot(labels, 5))"))
BANK.mutate("softmax", ("net(images), labels)", "npx.softmax(net(images)), labels)"))
BANK.mutate("predict-mode", ("autograd.record()", "autograd.record(train_mode=False)"))
BANK.mutate("predict-mode", ("autograd.record()", "autograd.record(), autograd.predict_mode()"))
BANK.mutate("net-reset", ("    losses = []\n", "    losses = []\n    net.initialize(force_reinit=True)\n"))
BANK.mutate("net-reset", ("    losses = []\n",
                          "    losses = []\n    net.initialize(init.Xavier(), force_reinit=True)\n"))
BANK.mutate("loss-values", ("float(loss.mean())", "float(loss.sum())"))
BANK.mutate("loss-values", ("float(loss.mean())", "float(loss.mean()) / len(images)"))
BANK.mutate("loss-values", ("float(loss.mean())", "float(loss[0])"))
BANK.mutate("loss-values", ("float(loss.mean())", "float(loss_function(net(images), labels).mean())"))
BANK.mutate("losses", ("float(loss.mean())", "loss"))
BANK.mutate("losses", ("losses.append(float(loss.mean()))", "losses += list(loss)"))
BANK.mutate("losses", ("losses.append(float(loss.mean()))", "losses.extend(loss.asnumpy().tolist())"))
BANK.mutate("losses", ("return losses", "return losses[-1]"))
BANK.mutate("losses", ("return losses", "return sum(losses) / len(losses)"))
BANK.mutate("losses", ("return losses", "return [sum(losses) / len(losses)]"))
BANK.mutate("losses", ("return losses", "return net"))
BANK.mutate("losses", ("losses.append(float(loss.mean()))", "pass"))
BANK.mutate("no-return", ("    return losses\n", ""))
BANK.mutate("no-return", ("losses.append(float(loss.mean()))", "losses = losses.append(float(loss.mean()))"))
BANK.mutate("batches-left-out", ("    return losses", "        return losses"))
BANK.mutate("batches-left-out", ("losses.append(float(loss.mean()))",
                                 "losses.append(float(loss.mean()))\n        break"))
BANK.mutate("losses", ("    losses = []\n", ""), ("images, labels in batches:\n",
                                                 "images, labels in batches:\n        losses = []\n"))
BANK.mutate("later-steps", ("    for images, labels in batches:\n",
                            "    for p in net.collect_params().values():\n"
                            "        p.grad_req = 'add' if p.grad_req == 'write' else p.grad_req\n"
                            "    for images, labels in batches:\n"))
BANK.mutate("batches-left-out", ("in batches:", "in [batches[0]]:"))
BANK.mutate("batches-left-out", ("in batches:", "in batches[:-1] or batches:"))
BANK.mutate("passes", ("    for images, labels in batches:\n", "    for images, labels in 2 * batches:\n"))
BANK.mutate("signature", ("net, batches, lr", "net, batches"), ('"learning_rate": lr', '"learning_rate": 0.1'))
BANK.mutate("generator", ("losses.append(float(loss.mean()))", "yield float(loss.mean())"))
BANK.mutate("losses", ("        losses.append(float(loss.mean()))\n    return losses", "    return float(loss.mean())"))
BANK.mutate("exception", ("for images, labels in", "for images in"))
BANK.mutate("exception", ("loss.mean()", "loss.means()"))
BANK.mutate("exception", ("    losses = []\n", ""))
BANK.mutate("exception", ("labels)", "label)"))
BANK.mutate("part-trained", ("net.collect_params(), ", "net[-1].collect_params(), "))
BANK.mutate("part-trained", ("net.collect_params(), ", "net.collect_params('.*weight'), "))
BANK.mutate("function", ("net(images), labels)", "net(images), labels[::-1])"))


# Faults that no small change makes

@BANK.wrong("batches-left-out")
def first_batch_again(net, batches, lr):
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": lr})
    loss_function, losses = gluon.loss.SoftmaxCrossEntropyLoss(), []
    batches = list(batches)
    for x, y in batches:
        with autograd.record():
            loss = loss_function(net(x), y)
        if not losses:
            loss.backward()
            trainer.step(len(x))
        losses.append(float(loss.mean()))
    return losses


@BANK.wrong("later-steps")
def one_step_in_the_end(net, batches, lr):
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": lr})
    loss_function, losses = gluon.loss.SoftmaxCrossEntropyLoss(), []
    for x, y in batches:
        with autograd.record():
            loss = loss_function(net(x), y)
        loss.backward()
        losses.append(float(loss.mean()))
    trainer.step(len(x))
    return losses


@BANK.wrong("learning-rate")
def rate_that_warms_up(net, batches, lr):
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": lr})
    loss_function, losses = gluon.loss.SoftmaxCrossEntropyLoss(), []
    for i, (x, y) in enumerate(batches):
        trainer.set_learning_rate(lr if i < 10 and lr else 0.01)
        with autograd.record():
            loss = loss_function(net(x), y)
        loss.backward()
        trainer.step(len(x))
        losses.append(float(loss.mean()))
    return losses


@BANK.wrong("later-steps")
def rate_that_halves(net, batches, lr):
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": lr})
    loss_function, losses = gluon.loss.SoftmaxCrossEntropyLoss(), []
    for x, y in batches:
        with autograd.record():
            loss = loss_function(net(x), y)
        loss.backward()
        trainer.step(len(x))
        trainer.set_learning_rate(trainer.learning_rate / 2)
        losses.append(float(loss.mean()))
    return losses


@BANK.wrong("passes")
def two_epochs(net, batches, lr):
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": lr})
    loss_function, losses = gluon.loss.SoftmaxCrossEntropyLoss(), []
    for _ in range(2):
        for x, y in batches:
            with autograd.record():
                loss = loss_function(net(x), y)
            loss.backward()
            trainer.step(len(x))
            losses.append(float(loss.mean()))
    return losses


@BANK.wrong("exception")
def hand_written_with_statistics(net, batches, lr):
    losses = []
    for x, y in batches:
        with autograd.record():
            loss = gluon.loss.SoftmaxCrossEntropyLoss()(net(x), y).mean()
        loss.backward()
        for p in net.collect_params().values():
            p.set_data(p.data() - lr * p.grad())
        losses.append(float(loss))
    return losses


@BANK.wrong("batch-size")
def sum_by_hand(net, batches, lr):
    losses = []
    for x, y in batches:
        with autograd.record():
            loss = gluon.loss.SoftmaxCrossEntropyLoss()(net(x), y)
        loss.backward()
        for p in net.collect_params().values():
            if p.grad_req != "null":
                p.set_data(p.data() - lr * p.grad())
        losses.append(float(loss.mean()))
    return losses


@BANK.wrong("not-finite")
def divided_by_nothing(net, batches, lr):
    losses = []
    for x, y in batches:
        with autograd.record():
            loss = gluon.loss.SoftmaxCrossEntropyLoss()(net(x), y).mean() / 0.0
        loss.backward()
        for p in net.collect_params().values():
            if p.grad_req != "null":
                p.set_data(p.data() - lr * p.grad())
        losses.append(float(loss))
    return losses


BANK.add("a list", [0.3, 0.2], "signature")
BANK.add("a trainer", gluon.Trainer, "exception")

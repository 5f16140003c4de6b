"""Which devices to run on."""
import mxnet as mx


def devices():
    """All GPU contexts where there are any, else `[cpu()]`.

    A build of MXNet without CUDA, and one with CUDA on a machine without a driver, both give `[cpu()]`.
    """
    try:
        count = mx.context.num_gpus()
    except mx.MXNetError:  # CUDA build, no driver
        count = 0
    return [mx.gpu(i) for i in range(count)] or [mx.cpu()]

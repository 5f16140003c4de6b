"""What the data is: Fashion-MNIST, its splits, its statistics and where it came from."""
from resnet_gluon.data import sources
from resnet_gluon.data.dataset import Dataset

CLASSES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")


class FashionMNIST(Dataset):
    """Fashion-MNIST, verified, split and ready to be fed.

    Looked for in: `root`; $RESNET_GLUON_DATA; $MXNET_HOME/datasets/fashion-mnist; Debian's package
    dataset-fashion-mnist; an earlier download; the public mirrors; the subset of 6,000 images bundled with the
    package. Files are verified by the checksum of their decompressed bytes. What is refused, and a fall-back to the
    subset, is said in a warning; one line says what was loaded.

    Parameters
    ----------
    root : path, optional
        A folder with the four files, gzipped or not.
    download, subset : bool
        False: do not try the mirrors, do not fall back to the subset.
    **options
        `batch_size`, `train_images`, `quiet` as in `Dataset`.

    Attributes
    ----------
    train, val, test : Split
        55,000 / 5,000 / 10,000 images of the full set, 28×28, uint8. Training and validation are stratified by class
        and drawn with the fixed seed 2015. The test set is for the last cell only.
    mean, std : float
        Of the training split's pixels, on the scale 0 … 1.
    edition, source, is_subset : str, str, bool
        What was loaded and whence.

    Raises DataNotFound (a RuntimeError) that lists every place tried, and ValueError for arguments out of range.
    """

    def __init__(self, root=None, *, download=True, subset=True, **options):
        edition, source, arrays = sources.find(root, download, subset)
        self.is_subset = edition == sources.SUBSET
        super().__init__("Fashion-MNIST", edition, source, arrays, CLASSES, **options)

"""A trained net in one HTML page: it runs there, without a server, and can be taken apart."""
from resnet_gluon.page.packing import Packed, PageTooLarge, pack
from resnet_gluon.page.running import predict
from resnet_gluon.page.steps import PageRefused
from resnet_gluon.page.writing import LIMIT, Samples, write_page

__all__ = ["LIMIT", "Packed", "PageRefused", "PageTooLarge", "Samples", "pack", "predict", "write_page"]

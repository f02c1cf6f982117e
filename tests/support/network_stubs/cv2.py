"""As much of OpenCV as running a Caffe net takes."""

import stub_acts


class _Net:
    def enableFusion(self, on):
        assert on is False

    def enableWinograd(self, on):
        assert on is False

    def setInput(self, images):
        self.images = images

    def getLayerNames(self):
        return ["conv1/7x7_s2"]

    def forward(self, names):
        return [self.images for _ in names]


class dnn:
    """The module of networks."""

    @staticmethod
    def readNetFromCaffe(prototxt, caffemodel):
        stub_acts.act()
        return _Net()

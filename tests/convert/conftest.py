"""What several tests of Caffe nets need."""

import pytest

from keras_deep.convert import caffe_to_keras


@pytest.fixture
def build(tmp_path):
    """Builds the model of a network that is given as text."""

    def build(text, *arguments, **keywords):
        path = tmp_path / "net.prototxt"
        path.write_text(text)
        return caffe_to_keras(path, *arguments, **keywords)

    return build

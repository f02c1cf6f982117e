"""Whatever a network's text says, it is planned or refused."""

from hypothesis import HealthCheck
from hypothesis import example
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from keras_deep.convert.caffe.plan import make_plan
from keras_deep.formats.caffe.net import as_net
from keras_deep.formats.caffe.prototxt import parse_prototxt
from tests.support.caffe_nets import SMALL
from tests.support.caffe_nets import small_net
from tests.support.fuzzing import assert_loads_or_refuses


def plan_of(text):
    return make_plan(as_net(parse_prototxt(text, "net.prototxt")))


@given(st.text())
@example("layer { type: 'ReLU' name: 'x' top: 'y' bottom: 'y' }")
@settings(deadline=None)
def test_any_text_is_read_or_refused(text):
    try:
        plan_of(text)
    except ValueError as error:
        assert "'net.prototxt', line " in str(error)


PIECES = ["{", "}", ":", "-1", "0", "2147483647", "1e30", '""', "layer", "top"]


@given(st.data())
@settings(
    deadline=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.too_slow],
)
def test_damaged_networks_are_planned_or_refused(data):
    text = small_net(data.draw(st.sampled_from(sorted(SMALL))))[0]
    tokens = text.split()
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(tokens) - 1))
        other = st.one_of(st.sampled_from(PIECES), st.sampled_from(tokens))
        tokens[place] = data.draw(other)
    try:
        plan = plan_of(" ".join(tokens))
    except ValueError as error:
        assert "'net.prototxt', line " in str(error)
    else:
        assert plan.outputs


def _prototxt(folder):
    (folder / "a.prototxt").write_text(
        'input: "data" input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }\n'
        'layer { name: "a" type: "Convolution" bottom: "data" top: "a"\n'
        "  convolution_param { num_output: 2 kernel_size: 3 } }\n"
    )


def test_damaged_files_are_planned_or_refused(tmp_path):
    assert_loads_or_refuses("prototxt", _prototxt, tmp_path)

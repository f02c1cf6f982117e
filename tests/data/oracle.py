"""What several tests compare with: padded crops by slices, batches."""

import collections

import numpy as np

COUNT = 23  # images of the fixture `images`


def windows(image, augmentation):
    """Returns every outcome of a padded crop of one image."""
    height, width, _ = image.shape
    padding = augmentation.padding
    padded = np.pad(image, ((padding, padding), (padding, padding), (0, 0)))
    found = {}
    for top in range(2 * padding + 1):
        for left in range(2 * padding + 1):
            cut = padded[top : top + height, left : left + width]
            found[top, left, False] = cut
            if augmentation.flip:
                found[top, left, True] = cut[:, ::-1]
    return found


def window_of(image, result, augmentation):
    """Returns the one window of `image` that `result` is."""
    listed = windows(image, augmentation)
    matches = [k for k, v in listed.items() if np.array_equal(v, result)]
    assert len(matches) == 1
    return matches[0]


def assert_every_window(images, results, augmentation):
    """Asserts that each result is a window and all are as probable."""
    counts = collections.Counter(
        window_of(image, result, augmentation)
        for image, result in zip(images, results)
    )
    assert set(counts) == set(windows(images[0], augmentation))
    # 5 standard deviations of a binomial.
    expected = len(images) / len(counts)
    assert all(abs(n - expected) < 5 * expected**0.5 for n in counts.values())


def epoch(batches):
    """Returns the batches of one epoch as pairs of arrays."""
    return [(np.asarray(x), np.asarray(y)) for x, y in batches]


def assert_same(one, other):
    assert len(one) == len(other)
    for (x, y), (same_x, same_y) in zip(one, other):
        np.testing.assert_array_equal(x, same_x)
        np.testing.assert_array_equal(y, same_y)


def order(batches):
    return np.concatenate([y for _, y in batches]).tolist()

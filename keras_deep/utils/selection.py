"""Names by a pattern and by what is known of them."""

import fnmatch

from keras_deep.utils.checks import check_one_of


def select(records, pattern="*", **wanted):
    """Returns the sorted names of the records that are as wanted.

    Args:
        records: dict of names to objects.
        pattern: string with the wildcards `*`, `?` and `[...]`. Upper and
            lower case count only if something fits that way.
        **wanted: values of attributes of the objects; `None` is any.

    Raises:
        ValueError: if no record at all has such a value.
    """
    names = sorted(fnmatch.filter(records, pattern))
    if not names:
        lower = pattern.lower()
        names = sorted(n for n in records if fnmatch.fnmatch(n.lower(), lower))
    for key, value in wanted.items():
        known = sorted({getattr(record, key) for record in records.values()})
        if value is None:
            continue
        check_one_of(known, **{key: value})
        names = [n for n in names if getattr(records[n], key) == value]
    return names

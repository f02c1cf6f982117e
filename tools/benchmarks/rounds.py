"""Runs the rounds of a case, A B A B, and summarises them."""

import statistics

from benchmarks.processes import Crash


def run_case(case, rounds, run, finished):
    """Measures all contenders of a case, round by round.

    Args:
        case: `Case`.
        rounds: int. In each one every contender runs once.
        run: function of a contender that returns its values and versions.
        finished: function of a contender, the number of the round from 1 and
            the values, called after each process.

    Returns:
        Dict for the result: see `_summary`. If a contender crashes, the case
        ends there and the dict has the name, `order` and `crash`.
    """
    order = []
    reports = {contender.name: [] for contender in case.contenders}
    for number in range(1, rounds + 1):
        for contender in case.contenders:
            order.append(contender.name)
            try:
                values, versions = run(contender)
            except Crash as crash:
                return {
                    "name": case.name,
                    "order": order,
                    "crash": {
                        "contender": contender.name,
                        "round": number,
                        "message": str(crash),
                    },
                }
            reports[contender.name].append((values, versions))
            finished(contender, number, values)
    return {**_summary(case, reports), "order": order}


def _summary(case, reports):
    """Summarises all values, the ratios to every other contender and bars.

    A ratio is the first contender's value over another's of the same round, so
    that temporary load of the machine affects both.
    """
    first, *others = case.contenders
    values = {
        name: {
            measure: [measured[measure] for measured, _ in of_rounds]
            for measure in case.measures
        }
        for name, of_rounds in reports.items()
    }
    contenders = {
        name: {
            "versions": of_rounds[0][1],
            "values": {m: spread(v) for m, v in values[name].items()},
        }
        for name, of_rounds in reports.items()
    }
    ratios = {
        other.name: {
            measure: spread(
                [
                    mine / theirs
                    for mine, theirs in zip(
                        values[first.name][measure], values[other.name][measure]
                    )
                ]
            )
            for measure in case.measures
        }
        for other in others
    }
    bars = [
        _judged(bar, contenders[first.name]["values"], ratios)
        for bar in case.bars
    ]
    return {
        "name": case.name,
        "measures": case.measures,
        "contenders": contenders,
        "ratios": ratios,
        "bars": bars,
    }


def spread(values):
    """Returns the values with their median, minimum and maximum."""
    return {
        "values": values,
        "median": statistics.median(values),
        "min": min(values),
        "max": max(values),
    }


def _judged(bar, values, ratios):
    found = values if bar.against is None else ratios[bar.against]
    received = found[bar.measure]["median"]
    return {
        "measure": bar.measure,
        "against": bar.against,
        "at_most": bar.at_most,
        "received": received,
        "met": received <= bar.at_most,
    }

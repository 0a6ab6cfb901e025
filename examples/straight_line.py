"""The derivative of a straight line is its slope, wherever it is asked for."""

from s2sgrad import grad


def f(x):
    return 2 * x + 1


def inputs():
    return (5.0,)


if __name__ == "__main__":
    df = grad(f)
    print(df.source_for(*inputs()))
    slopes = [df(x) for x in (-1.0, 0.0, 5.0)]
    print("slopes at -1, 0 and 5:", slopes)
    assert slopes == [2.0, 2.0, 2.0]

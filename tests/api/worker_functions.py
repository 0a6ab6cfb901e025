"""Functions that other processes import."""

from s2sgrad import grad


def square(x):
    return x * x


@grad
def slope_of_cube(x):
    return x * x * x


slope_of_square = grad(square)


class Holder:
    @staticmethod
    def scaled(x, scale=2.0):
        return scale * x * x

    @grad
    def nested(x):
        return 3.0 * x

"""Complex values on JAX: the same gradient as on NumPy, or a refusal."""

import jax
import numpy as np
import pytest
from language import test_complex as programs
from language.check import V, name

from s2sgrad import grad
from s2sgrad.errors import S2SGradError

jax.config.update("jax_enable_x64", True)
LOWERED = [programs.parts, programs.absolute, programs.angle, programs.powers, programs.elementary, programs.reductions,
           programs.contractions, programs.sum_of_products_is_no_vdot, programs.linear_algebra, programs.joining,
           programs.stored_entries, programs.stored_slices, programs.parts_between_writes, programs.carried,
           programs.real_first_then_complex, programs.a_real_array_that_becomes_complex,
           programs.complex_then_real_again, programs.of_a_branch, programs.in_a_mixed_list, programs.through_a_helper,
           programs.transforms, programs.transforms_of_matrices, programs.split_step]
REFUSED = [(programs.python_numbers, "`complex` does not lower"), (programs.the_real_part_written, "is written while"),
           (programs.the_real_part_as_a_view, "is written while")]


@pytest.mark.parametrize("f", LOWERED, ids=name)
def test_lowered(f):
    found = np.asarray(grad(f, backend="jax")(V))
    np.testing.assert_allclose(found, grad(f)(V), rtol=1e-9, atol=1e-10)
    assert found.dtype == np.float64


@pytest.mark.parametrize("f, says", REFUSED, ids=name)
def test_refused(f, says):
    with pytest.raises(S2SGradError, match=says):
        grad(f, backend="jax")(V)

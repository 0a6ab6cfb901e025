from s2sgrad.rules import arithmetic as arithmetic
from s2sgrad.rules import arrays as arrays
from s2sgrad.rules import comparisons as comparisons
from s2sgrad.rules import complex_numbers as complex_numbers
from s2sgrad.rules import creation as creation
from s2sgrad.rules import elementwise as elementwise
from s2sgrad.rules import fourier as fourier
from s2sgrad.rules import gathering as gathering
from s2sgrad.rules import joining as joining
from s2sgrad.rules import linalg as linalg
from s2sgrad.rules import products as products
from s2sgrad.rules import puts as puts
from s2sgrad.rules import reductions as reductions
from s2sgrad.rules import sampling as sampling
from s2sgrad.rules import scalars as scalars
from s2sgrad.rules import selection as selection
from s2sgrad.rules import undoing as undoing

from s2sgrad.rules import jax_names as jax_names  # isort: skip  # after the files that register the rules

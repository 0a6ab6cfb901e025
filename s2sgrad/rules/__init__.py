from s2sgrad.rules import arithmetic as arithmetic
from s2sgrad.rules import arrays as arrays
from s2sgrad.rules import bisection as bisection
from s2sgrad.rules import calculus as calculus
from s2sgrad.rules import comparisons as comparisons
from s2sgrad.rules import containers as containers
from s2sgrad.rules import creation as creation
from s2sgrad.rules import elementwise as elementwise
from s2sgrad.rules import factors as factors
from s2sgrad.rules import gathering as gathering
from s2sgrad.rules import joining as joining
from s2sgrad.rules import linalg as linalg
from s2sgrad.rules import products as products
from s2sgrad.rules import puts as puts
from s2sgrad.rules import rearranging as rearranging
from s2sgrad.rules import reductions as reductions
from s2sgrad.rules import sampling as sampling
from s2sgrad.rules import scalars as scalars
from s2sgrad.rules import selection as selection
from s2sgrad.rules import statistics as statistics
from s2sgrad.rules import ufunc_methods as ufunc_methods
from s2sgrad.rules import undoing as undoing

from s2sgrad.rules import jax_names as jax_names  # isort: skip  # after the files that register the rules

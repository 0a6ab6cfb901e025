"""What is refused today, in one place: programs by name, each with a part of the message that refuses it.

A program that is listed must be refused with that message, and one that is not listed must work, so the lists cannot
go stale: who adds support for a construct deletes its lines here.
"""

# tests/corpus: works under call facts, but there is no general program without annotations
DECLARED: dict[str, str] = {
    "felsenstein_pruning": "The parameter `log_lengths` is a container or an object",
    "gp_kernel_composition": "may be something that shares memory with an array that is written",
    "sdf_scene_shading": "`t` may be something that shares memory",
    "adaptive_rk_vanderpol": "`h` may be something that shares memory",
    "bundle_adjustment": "The parameter `cameras` is `List[Camera]`",
    "lstm_regression": "is a container or an object",
    "nbody_leapfrog": "is a container or an object",
    "arma_css": "`pred` may be a number or a view of an array",
    "biquad_cascade": "`y1` may be a number or an array that shares memory",
    "burgers_upwind": "`n` may be something that shares memory",
    "dft_spectral_flatness": "may be a number, or an array that other names share",
    "heat1d_explicit": "shares memory with an array that is written",
    "kepler_radial_velocity": "`E` may be a number or a view of an array",
    "lu_partial_pivoting": "`n` may be something that shares memory",
    "pendulum_rk4": "`theta` may be a number or a view of an array",
    "rnn_char_sequence": "`params` is a container or an object",
    "wave1d_three_levels": "`prev` may be a number or an array that shares memory",
}

# tests/corpus: there is a general program, which is for arrays and refuses these arguments
ENTRY: dict[str, str] = {
    "attention_block": "the argument weights is of type dict",
    "dense_layers": "the argument weights is of type list",
    "black_scholes_book": "the argument maturities is of type list",
    "heston_paths": "the argument params is of type dict",
    "soft_dtw": "the argument series is of type list",
    "yield_curve_bootstrap": "the argument prices is of type list",
}

# tests/hazards: ordinary code ("must pass") that is refused
HAZARDS: dict[str, str] = {}

# tests/hazards: how many of the others may be refused
HAZARDS_REFUSED = 20

# tests/hazards/store_law.py: those of the 200 random programs of seed 0 that are refused (at most 5 %)
STORE_LAW: dict[int, str] = {
    23: "np.fill_diagonal(b, c[:].copy())",
    58: "takes its values from the array that it writes",
    60: "takes its values from an array without entries",
    88: "np.fill_diagonal(c, np.sin(a[-2::-2]))",
    155: "takes its values from an array without entries",
}

# of the 5,000: NumPy looks at neither the indices of np.put, where it is given no values, nor at the mask of np.copyto,
# where an array is copied onto itself; the gradient raises what is wrong with them
STORE_LAW_RAISING: dict[int, str] = {
    490: "IndexError", 1288: "IndexError", 2942: "ValueError", 3158: "ValueError", 4046: "ValueError",
}

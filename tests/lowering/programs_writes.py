"""Writes in place, views and names for one array; lists that are filled."""

import numpy as np
from lowering.programs_registry import M, S, V, W, listed

CASES, program = listed()
VECTORS = (V,), (-V,)


# ---------------------------------------------------------------- entries, slices, masks
@program((V,), (W,))
def entry(x):
    a = x.copy()
    a[0] = a[1] * a[2]
    a[-1] *= a[0]
    return np.sum(a * a)


@program((V,), (W,))
def every_operator(x):
    a = x.copy()
    a[0] += x[1]
    a[1] -= x[2]
    a[2] *= x[0]
    a[3] /= x[1]
    a[4] **= 2
    return np.sum(a * a)


@program((V,), (W,))
def slices(x):
    a = np.zeros(5)
    a[1:3] = x[:2]
    a[::2] += x[:3]
    a[::-1][0] = 3.0
    a[1:] *= a[:-1]
    return np.sum(a * a)


@program((V,), (W,))
def whole_array(x):
    a = np.empty(5)
    a[...] = x
    a += x
    a *= x
    a -= 1.0
    a /= 2.0
    a **= 2
    return np.sum(a)


@program((M,), (2 * M,))
def tuples_of_indices(A):
    B = np.zeros((3, 4))
    B[0, 1:] = A[1, :3]
    B[:, 0] += A[:, 1]
    B[1] *= 2
    B[2, -1] = A[0, 0] ** 2
    B[..., 2] = A[:, 2]
    return np.sum(B * B)


@program((V,), (W,))
def broadcast_value(x):
    a = np.zeros((3, 5))
    a[:] = x
    a[1] = x[0]
    a[:, 1:3] += x[:2]
    return np.sum(a * a)


@program(*VECTORS)
def number_under_a_mask(x):
    a = x.copy()
    a[a > 0] = 0.5
    return np.sum(a * x)


@program((V, np.array([0, 2, 2])), (V, np.array([4, 4, 4])))
def add_at_repeated_indices(x, indices):
    a = np.zeros(5)
    np.add.at(a, indices, x[:3] ** 2)
    return np.sum(a * x)


@program((V, np.array([0, 2, -1])), (V, np.array([1, 1])))
def read_at_repeated_indices(x, indices):
    return np.sum(x[indices] ** 2 * x[indices[0]])


@program((V,), (W,))
def overlapping_slices(x):
    a = x * 1.0
    a[1:] -= a[:-1]
    a[:-1] += a[1:] * a[1:]
    return np.sum(a**3)


# ---------------------------------------------------------------- who sees a write
@program((V,), (W,))
def written_argument(x):
    x[0] = x[1] * x[2]
    x *= 2.0
    return np.sum(x * x)


@program((V, W), (W, V))
def two_written_arguments(x, y):
    x[1:] = y[:-1]
    y *= x
    return np.sum(x * y)


@program((V,), (W,))
def second_name(x):
    a = x * 2
    b = a
    b[0] = 5.0
    return np.sum(a * a)


@program((V,), (W,))
def view_that_is_written(x):
    a = x * 2
    inner = a[1:3]
    inner[0] = x[0]
    inner *= 2
    return np.sum(a * a) + np.sum(inner)


@program((V,), (W,))
def reversed_view(x):
    a = x * 2
    b = a[::-1]
    b[0] = 5.0
    return np.sum(a * a)


@program((M,), (S,))
def rows_through_a_loop(A):
    B = A * 1.0
    for i in range(3):
        row = B[i]
        row *= row[0]
        row[1] = 2.0
    return np.sum(B * B)


@program((V,), (W,))
def entry_is_a_copy(x):
    a = x * 1.0
    v = a[1]
    a[1] = 7.0 * x[0]
    return v * v * a[1]


@program((V,), (W,))
def copy_of_a_view(x):
    a = x * 1.0
    v = a[1:3].copy()
    a[1] = 7.0 * x[0]
    return np.sum(v * v * a[1])


@program((V,), (W,))
def entries_that_change_places(x):
    a = x * 1.0
    a[0], a[1] = a[1], a[0]
    return a[0] ** 2 * a[1]


@program((M,), (S,))
def rows_that_change_places(A):
    B = A * 1.0
    t = B[0].copy()
    B[0] = B[1]
    B[1] = t
    return np.sum(B[0] ** 2 * B[1])


# ---------------------------------------------------------------- writes in loops and branches
@program((V,), (W,))
def recurrence(x):
    d = np.zeros(6)
    d[0] = 1.0
    for i in range(5):
        d[i + 1] = d[i] * x[i] + np.sin(d[i - 1])
    return d[-1]


@program((V,), (W,))
def table_of_two_indices(x):
    D = np.zeros((4, 4))
    for i in range(1, 4):
        for j in range(1, 4):
            D[i, j] = x[i] * x[j] + min(D[i - 1, j], D[i, j - 1])
    return D[3, 3]


@program((S,), (2 * S,))
def cholesky(A):
    n = A.shape[0]
    A = A @ A.T
    L = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            s = A[i, j]
            for k in range(j):
                s -= L[i, k] * L[j, k]
            if i == j:
                L[i, j] = np.sqrt(s)
            else:
                L[i, j] = s / L[j, j]
    return np.sum(L)


@program((S, V[:3]), (2 * S, W[:3]))
def back_substitution(A, b):
    n = len(b)
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        s = b[i]
        for j in range(i + 1, n):
            s -= A[i, j] * x[j]
        x[i] = s / A[i, i]
    return np.sum(x**2)


@program((V,), (W,))
def bubble_sort(x):
    a = x.copy()
    for i in range(4):
        for j in range(4 - i):
            if a[j] > a[j + 1]:
                a[j], a[j + 1] = a[j + 1], a[j]
    return a[0] + 2 * a[1] ** 2


@program(*VECTORS)
def write_in_a_branch_of_a_loop(x):
    a = np.zeros(5)
    for i in range(5):
        if x[i] > 0:
            a[i] = x[i] ** 2
        else:
            a[i] -= x[0]
            a[0] += 1.0
    return np.sum(a * a)


@program((V,), (W,))
def stencil(x):
    u = x.copy()
    for _ in range(3):
        u[1:-1] = u[1:-1] + 0.1 * (u[2:] - 2 * u[1:-1] + u[:-2])
    return np.sum(u**2)


@program((V,), (W,))
def history(x):
    H = np.zeros((4, 5))
    H[0] = x
    for t in range(3):
        H[t + 1] = np.sin(H[t]) * x
    return np.sum(H**2)


@program((V, W), (W, V))
def two_arrays_in_turn(q, p):
    q, p = q.copy(), p.copy()
    for _ in range(3):
        p -= 0.1 * q
        q += 0.1 * p
    return np.sum(q**2) + np.sum(p**3)


@program((V,), (W,))
def integer_array(x):
    k = np.zeros(5, dtype=int)
    for i in range(5):
        k[i] = (i * 2) % 5
    s = 0.0
    for i in range(5):
        s += x[k[i]] * i
    return s


@program((V.astype(np.float32),), (W.astype(np.float32),))
def float32_stays_float32(x):
    a = np.zeros(5, np.float32)
    a[:] = x
    a[0] += x[1]
    a *= x
    return np.sum(a)


# ---------------------------------------------------------------- arrays that change places
@program((V,), (W,))
def two_buffers(x):
    u = x.copy()
    new = np.zeros_like(u)
    for _ in range(3):
        new[1:-1] = u[1:-1] + 0.1 * (u[2:] - 2 * u[1:-1] + u[:-2]) * u[1:-1]
        u, new = new, u
    return np.sum(u**2) + new[0]


@program((V,), (W,))
def three_buffers(x):
    a, b, c = x.copy(), x * 2, x * 3
    for _ in range(4):
        c[1:] += a[:-1] * b[1:]
        a, b, c = b, c, a
    return np.sum(a * b) + np.sum(c**2)


@program(*VECTORS)
def buffers_swapped_in_a_branch(x):
    a, b = x.copy(), x * 2
    for t in range(4):
        if a[0] > b[1]:
            a, b = b, a
        a[t] *= b[0]
    return np.sum(a * b * b)


@program((V, W), (W, V))
def arguments_that_change_places(x, y):
    for t in range(3):
        x[t] = y[t] * 2
        x, y = y, x
    return np.sum(x * y * y)


@program((V,), (W,))
def new_array_in_each_trip(x):
    u = x * 1.0
    for _ in range(3):
        new = np.zeros_like(u)
        for i in range(1, 4):
            new[i] = u[i - 1] * u[i + 1] + u[i]
        u = new
    return np.sum(u**2)


@program(*VECTORS)
def best_so_far_as_a_copy(x):
    a = x * 1.0
    best, largest = a.copy(), np.sum(a)
    for t in range(4):
        a[t] += 1.0 - a[t + 1]
        if np.sum(a) > largest:
            best, largest = a.copy(), np.sum(a)
    return np.sum(best**2)


@program((V,), (W,))
def two_layers_in_turn(x):
    G = np.zeros((2, 5))
    G[0] = x
    for t in range(3):
        G[(t + 1) % 2, 1:-1] = G[t % 2, 2:] * G[t % 2, :-2]
    return np.sum(G**2)


# ---------------------------------------------------------------- lists
@program((V,), (W,))
def appended_numbers(x):
    items = []
    for v in x:
        items.append(v**2)
    return sum(items) + items[0] * items[-1] * len(items)


@program((V,), (W,))
def appended_numbers_as_an_array(x):
    items = []
    for i in range(len(x)):
        items.append(x[i] ** 2 * i)
    return np.sum(np.array(items) * x)


@program((V,), (W,))
def loop_over_appended_numbers(x):
    items = []
    for v in x:
        items.append(v**2)
    s = 0.0
    for u in items:
        s += np.sin(u)
    return s


@program((M,), (S,))
def list_in_a_loop(A):
    sums = []
    for row in A:
        squares = []
        for v in row:
            squares.append(v * v)
        sums.append(sum(squares))
    return np.sum(np.array(sums) ** 2)


@program((V,), (W,))
def list_comprehension(x):
    return np.sum(np.array([np.sin(v) for v in x]) * x)


@program((V,), (W,))
def generator(x):
    return sum(a * b for a, b in zip(x, x[1:]))  # noqa: B905


@program((V,), (W,))
def comprehension_in_a_comprehension(x):
    return sum(sum(a * b for a in x) for b in x)


@program(*VECTORS)
def comprehension_that_chooses(x):
    return sum([v if v > 0 else v * v for v in x])


@program((V,), (W,))
def literal_list(x):
    items = [x[0], x[1] * 2, x[2]]
    a, b, c = items
    return a * b * c * items[0]

"""The exercises for TensorFlow, with `GradientTape`: eager, and compiled by `tf.function`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from benchmarks.cases import Case

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)


def variants(case: Case, args: tuple[Any, ...]) -> dict[str, Callable[[], Any] | str]:
    """The value and gradients of an exercise on TensorFlow, as functions of nothing."""
    f = globals().get(case.program)
    if f is None:
        return dict.fromkeys(("tf eager", "tf.function"), "only the exercises are written for TensorFlow")
    tensors = [tf.convert_to_tensor(value, dtype=np.asarray(value).dtype) for value in args]
    wanted = [tensors[k] for k in case.argnums]

    def both() -> Any:
        with tf.GradientTape() as tape:
            tape.watch(wanted)
            value = f(*tensors)
        return value, tape.gradient(value, wanted)
    return {"tf eager": both, "tf.function": tf.function(both)}


def sine(x):
    return tf.sin(x**2)


def regression(w, b, x, y):
    return tf.reduce_mean((w * x + b - y) ** 2)


def classifier(W1, b1, W2, b2, W3, b3, X, labels):
    hidden = tf.nn.relu(X @ W1 + b1)
    hidden = tf.nn.relu(hidden @ W2 + b2)
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, hidden @ W3 + b3))

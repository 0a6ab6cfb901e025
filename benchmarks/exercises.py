"""What one tries first: a number, a line through four points, a classifier of digits."""

import math

import numpy as np


def sine(x):
    return math.sin(x**2)


def regression(w, b, x, y):
    return np.mean((w * x + b - y) ** 2)


def classifier(W1, b1, W2, b2, W3, b3, X, labels):
    hidden = np.maximum(X @ W1 + b1, 0.0)
    hidden = np.maximum(hidden @ W2 + b2, 0.0)
    scores = hidden @ W3 + b3
    scores = scores - np.max(scores, axis=1, keepdims=True)
    log_sum = np.log(np.sum(np.exp(scores), axis=1))
    return np.mean(log_sum - scores[np.arange(len(labels)), labels])

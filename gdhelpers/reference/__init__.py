"""What a right answer computes: every graded function in float64 NumPy and in closed form.

>>> import numpy as np
>>> X, y = np.array([[1.0], [3.0]]), np.array([[2.0], [5.0]])
>>> dW, db = mse_gradients(X, y, np.array([[2.0]]), np.array([0.5]))
>>> dW, db
(array([[5.]]), array([2.]))
"""

from gdhelpers.reference.autograd import Function, accumulated_grad, derivative, descend, minimise
from gdhelpers.reference.linear_regression import fit_linear, fit_linear_tf, mse, mse_gradients, mse_gradients_tf
from gdhelpers.reference.logistic_regression import (
    accuracy,
    fit_logistic,
    log_loss,
    log_loss_from_logits,
    logistic_gradients,
    predict_proba,
)

__all__ = [
    "Function",
    "accumulated_grad",
    "accuracy",
    "derivative",
    "descend",
    "fit_linear",
    "fit_linear_tf",
    "fit_logistic",
    "log_loss",
    "log_loss_from_logits",
    "logistic_gradients",
    "minimise",
    "mse",
    "mse_gradients",
    "mse_gradients_tf",
    "predict_proba",
]

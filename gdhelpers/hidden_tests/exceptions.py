"""The usual causes of the exceptions that students meet, by the words of Python, NumPy, PyTorch and TensorFlow.

Each entry is a part of the message, as a regular expression, and a sentence that says what it usually comes from and
what to look at. The first that fits counts, so the special ones stand first.

>>> usual_cause("RuntimeError", "Trying to backward through the graph a second time (...)")
'A record is used up by one `backward()`. Compute the result anew before the next one.'
"""

from __future__ import annotations

import re

CAUSES: tuple[tuple[str, str], ...] = (
    # PyTorch
    (
        "element 0 of tensors does not require grad",
        "torch has no record that leads from the result back to a leaf. Is there a leaf with "
        "`requires_grad=True`, and is everything between the two computed by torch, outside `no_grad()`?",
    ),
    (
        "a leaf Variable that requires grad (?:is being used|has been moved)|modified by an inplace operation",
        "A leaf was changed in place while torch was recording. A step belongs under `torch.no_grad()`.",
    ),
    (
        "backward through the graph a second time",
        "A record is used up by one `backward()`. Compute the result anew before the next one.",
    ),
    (
        "grad can be implicitly created only for scalar outputs",
        "`backward()` was called on a tensor with several numbers. Which single number is to be differentiated?",
    ),
    (
        r"Can't call numpy\(\) on Tensor that requires grad",
        "NumPy was asked to compute with a tensor that is recorded. What NumPy computes is in no record.",
    ),
    (
        "Only Tensors of floating point and complex dtype can require gradients|can only require gradients",
        "An integer cannot have a slope. Which number was made without a decimal point?",
    ),
    (
        "One of the differentiated Tensors|to not have been used in the graph",
        "The result does not depend on one of the tensors whose gradient is asked for. Where does it get lost on "
        "the way?",
    ),
    (
        "expected m1 and m2 to have the same dtype|expected scalar type|Found dtype|must have the same dtype",
        "float32 and float64 meet in one operation. Choose one dtype.",
    ),
    (
        "mat1 and mat2 shapes cannot be multiplied|Matrix size-incompatible|size mismatch|matmul: Input operand",
        "The shapes of two matrices do not fit. Write down the shape of each factor, in the order of the product.",
    ),
    (
        "must match the size of tensor|Incompatible shapes|could not be broadcast together|required "
        "broadcastable shapes",
        "Two arrays with shapes that do not fit were put into one operation. Print both shapes.",
    ),
    (
        "shape '.*' is invalid for input|[Cc]annot reshape",
        "The new shape holds another number of elements than the old.",
    ),
    (
        "only one element tensors can be converted|only size-1 arrays|only 0-dimensional arrays can be converted",
        "A single number was wanted, and several came. Is a sum or a mean missing?",
    ),
    # TensorFlow
    (
        "non-persistent GradientTape can only be used to compute one set",
        "A tape is used up by one call of `gradient`. It can give several gradients in that one call.",
    ),
    (
        "was expected to be a (?:float|double|int32|int64) tensor but is a",
        "TensorFlow does not mix dtypes: one number is float32 and another is not. Look at what you make from "
        "NumPy arrays.",
    ),
    (
        "object has no attribute 'assign(?:_sub|_add)?'",
        "Only a `tf.Variable` can be changed in place, and this is a tensor. What has the name been bound to since?",
    ),
    (
        "does not support item assignment",
        "A tensor of TensorFlow cannot be changed in place. Make a new one, or a `tf.Variable`.",
    ),
    (
        "(?:EagerTensor|SymbolicTensor|ResourceVariable|Tensor)'? object has no attribute '(?:backward|grad|"
        "zero_|requires_grad|detach|item)'",
        "This is a word of PyTorch, and the value is a tensor of TensorFlow.",
    ),
    (
        "(?:EagerTensor|SymbolicTensor|ResourceVariable)'? object has no attribute '(?:T|mean|sum|reshape|dot|"
        "astype|ravel|flatten|size)'",
        "This is a word of NumPy, and the value is a tensor of TensorFlow, which spells it otherwise: look for "
        "it in `tf`.",
    ),
    (
        "symbolic.*(?:is not allowed|cannot be converted)|Iterating over a symbolic|Using a symbolic",
        "In a `tf.function` a tensor has no value yet. Python's own loops, conditions and sums need one.",
    ),
    (
        "No gradients provided for any variable",
        "Every gradient was None: the tape saw no way from the variables to the loss. Look at what runs inside "
        "the tape.",
    ),
    # Python
    (
        "'NoneType'.*(?:object|and)|and 'NoneType'|None values not supported|Attempt to convert a value "
        r"\(None\)|[Nn]oneType",
        "A None was used like a number. A gradient is None where no record leads to the variable, and `.grad` is "
        "None before the first `backward()`. Does each of your functions return something?",
    ),
    (
        "truth value of an? (?:array|Tensor|tensor) with more than one|Boolean value of Tensor with more than one",
        "A condition was asked of several numbers at once. Which one of them decides?",
    ),
    (
        r"positional arguments? but|missing \d+ required positional|unexpected keyword",
        "The function is called with its arguments in the order of the exercise. Compare the line that begins "
        "with `def`.",
    ),
    (
        "too many values to unpack|not enough values to unpack",
        "A tuple has another length than was unpacked.",
    ),
    (
        "cannot access local variable|referenced before assignment",
        "A name is assigned somewhere in the function, so Python takes it for a local one, and it has no value "
        "yet here.",
    ),
    (
        r"name '\w+' is not defined",
        "Nothing of this name exists where the function runs: a slip of the pen, or a cell that defines it was "
        "not run before.",
    ),
    (
        "maximum recursion depth",
        "The function calls itself without end. Does its name hide one that was meant?",
    ),
    (
        "object is not callable",
        "Round brackets follow something that is no function. Is an operator missing before them?",
    ),
    (
        "not subscriptable",
        "Square brackets follow something that holds no items.",
    ),
    (
        "division by zero",
        "Something was divided by zero. What is zero here in a case of one row?",
    ),
    (
        "out of (?:bounds|range)",
        "An item was asked for that does not exist. How long is the list, and where does counting start?",
    ),
    (
        "object cannot be interpreted as an integer|must be real number, not|can't multiply sequence",
        "A value has another type than the operation needs. Print its `type`.",
    ),
)
"""What a message holds, and what it usually comes from."""


def usual_cause(kind: str, message: str) -> str | None:
    """Return a sentence about the usual cause of an exception, or None where none is known."""
    text = f"{kind}: {message}"
    return next((sentence for words, sentence in CAUSES if re.search(words, text)), None)

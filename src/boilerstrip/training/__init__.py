"""Training: the only modules that fit anything, and the only ones that load scikit-learn.

Step 1 is a set of logistic regressions on the hashed features, one for each output, fitted by
averaged stochastic gradient descent. Step 2 is a small convolutional network on what `context` says
of each paragraph. It is trained on step-1 outputs of models that have not seen the paragraph's site
(out-of-fold: otherwise it would trust them too much), on documents whole, cut short, and taken
apart into single paragraphs, on tiny ones put together of such, and on documents of which step 1
knows only half the words, as it would in another language. How far what stands amid content is
raised (`context.raise_inserted`) is not fitted: the labels of public pages would teach not to.
"""

from boilerstrip.training.run import train

__all__ = ["train"]

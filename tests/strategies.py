"""What the property tests are fed with."""

from hypothesis import strategies as st

__all__ = ["PAGE", "characters", "pages", "paragraphs", "texts"]

PAGE = """\
Support independent journalism: donate today!

The council met on Tuesday to talk about the bridge over the river Orr.
Nobody who spoke wanted to see it closed, and nobody wanted to pay for it.\r
  Subscribe to our newsletter and never miss a story.\x20\x20

“It will stand,” said the engineer, “if nobody drives over it.”
Read more
"""
"""A page of six lines, or three runs between blank ones."""

TRICKY = (
    "aZz09 .,;!?:-'\"()/@#&_"
    "\t\n\r\v\f\x00\x1c\x1f\x7f\x85\xa0\xad\xab\xbb\xb7\u2028\u2029\u200b\u3000\ufeff"
    "éÉßİıſǅÀÿŁ×÷²½"  # Latin, and what only looks like it
    "ΣσςΩω΄ἀἈᾼὼ"  # Greek, old and new
    "ЖжЁёҐґ"  # Cyrillic
    "ạẠẞỳỲ"  # three-byte Latin
    "אب۰ا"  # right to left
    "กๆ๙ກ中文の한𠀋"  # scripts without spaces
    "\u0301\u0302\u0323\u1112\u1161\u11ab"  # what is composed with a neighbour
    "“”‘’„—–…•‰€™😀👍🏽\u200d"
    "\ud800\udfff\uffff\U0010ffff"
)

characters = st.one_of(st.sampled_from(TRICKY), st.characters())
"""Any code point, lone surrogates too, and more often than by chance those that need care."""

words = st.text(characters, min_size=1, max_size=12)
short = st.text(characters, max_size=40)
repeated = st.builds(
    lambda word, blank, times: (word + blank) * times,
    words,
    st.sampled_from([" ", "", ", ", "-"]),
    st.integers(1, 300),
)
"""More tokens than are summed in one go."""

paragraphs = st.lists(st.one_of(short, repeated), max_size=12)
"""Paragraphs of any sort, also empty ones and such with newlines inside."""

line_ends = st.sampled_from(["\n", "\n\n", "\r\n", "\r\n\r\n", "\r", "\u2028", "\x85", "\n \t\n"])
texts = st.one_of(
    st.text(characters, max_size=200),
    st.lists(st.tuples(st.one_of(short, repeated), line_ends), max_size=12).map(
        lambda lines: "".join(text + end for text, end in lines)
    ),
)
"""Documents of any sort."""

SENTENCES = (
    "The council met on Tuesday to talk about the bridge.",
    "“It will stand,” said the engineer, “if nobody drives over it.”",
    "Subscribe to our newsletter and never miss a story.",
    "Support independent journalism: donate today!",
    "Advertisement",
    "Read more",
    "Home | News | Sport",
    "© 2024 All rights reserved",
    "Η βροχή σταμάτησε το βράδυ.",
    "Дождь прекратился вечером.",
    "雨は夕方に止んだ。",
)
pages = st.lists(st.sampled_from(SENTENCES), max_size=14).map("\n".join)
"""Documents in which there is something to keep and something to remove."""

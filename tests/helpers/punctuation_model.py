"""A tiny punctuation model with the inputs and outputs of Edge-Punct-Casing.

It looks at the first piece of each word alone, and looks its scores up in a table.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LABELS = {"COMMA": "1", "PERIOD": "2", "QUESTION": "3", "UPPER": "1", "CAP": "2", "MIX_CASE": "3"}
VOCABULARY = """\
<unk> 0
<s> 0
</s> 0
\u2581 -3
e -4
l -4
o -4
lo -3
\u2581hel -3
\u2581hello -2.5
\u2581well -2
\u2581yes -2
\u2581nasa -2
\u2581zorba -2
\u2581who -2
\u2581the -2
\u2581stop -2
\u2581maybe -2
"""
PIECES = [line.split()[0] for line in VOCABULARY.splitlines()]

MARKS = {"\u2581well": 1, "\u2581yes": 2, "\u2581stop": 2, "\u2581who": 3}
"""The mark after a word with this first piece: a comma, a stop or a question mark"""
CASES = {"\u2581nasa": 1, "\u2581zorba": 2}
"""The case of a word with this first piece: capitals, one capital"""
SURE = 4.0
"""The logit of the likeliest class; the others have 0"""


UNSURE = (1.0, -9.0, 0.5, -9.0)
"""The logits of marks after `maybe`: a long pause makes the stop likelier than no mark"""


def _table(likeliest):
    table = np.zeros((len(PIECES), 4), np.float32)
    for number, piece in enumerate(PIECES):
        table[number, likeliest.get(piece, 0)] = SURE
    if likeliest is MARKS:
        table[PIECES.index("\u2581maybe")] = UNSURE
    return numpy_helper.from_array(table)


def network(labels=LABELS, classes=4):
    """Make the network.  It takes the pieces where words begin, but for the first and the last."""
    one, two = (
        numpy_helper.from_array(np.array([value], np.int64), name)
        for value, name in ((1, "one"), (-1, "two"))
    )
    nodes = [
        helper.make_node("Equal", ["valid_ids", "yes"], ["begins"]),
        helper.make_node("Reshape", ["begins", "flat"], ["flat_begins"]),
        helper.make_node("Reshape", ["token_ids", "flat"], ["flat_pieces"]),
        helper.make_node("Compress", ["flat_pieces", "flat_begins"], ["all"], axis=0),
        helper.make_node("Slice", ["all", "one", "two"], ["words"]),
        helper.make_node("Gather", ["cases", "words"], ["active_case_logits"], axis=0),
        helper.make_node("Gather", ["marks", "words"], ["active_punct_logits"], axis=0),
        helper.make_node("Identity", ["begins"], ["mask"]),
    ]
    tables = {"cases": _table(CASES), "marks": _table(MARKS)}
    for name, table in tables.items():
        tables[name] = numpy_helper.from_array(numpy_helper.to_array(table)[:, :classes], name)
    constants = [
        numpy_helper.from_array(np.array(1, np.int32), "yes"),
        numpy_helper.from_array(np.array([-1], np.int64), "flat"),
    ]
    graph = helper.make_graph(
        nodes,
        "punctuation",
        [
            helper.make_tensor_value_info("token_ids", TensorProto.INT32, ["N", "T"]),
            helper.make_tensor_value_info("valid_ids", TensorProto.INT32, ["N", "T"]),
            helper.make_tensor_value_info("label_lens", TensorProto.INT32, ["N"]),
        ],
        [
            helper.make_tensor_value_info("active_case_logits", TensorProto.FLOAT, ["words", classes]),
            helper.make_tensor_value_info("active_punct_logits", TensorProto.FLOAT, ["words", classes]),
            helper.make_tensor_value_info("mask", TensorProto.BOOL, ["N", "T"]),
        ],
        [one, two, *constants, *tables.values()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(model, labels)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def punctuation_files(**options):
    """The files of a punctuation model."""
    return {"model.int8.onnx": network(**options), "bpe.vocab": VOCABULARY.encode()}


def make_punctuation_model(folder, **options):
    """Write a punctuation model to a folder."""
    folder.mkdir(parents=True)
    for name, content in punctuation_files(**options).items():
        (folder / name).write_bytes(content)
    return folder

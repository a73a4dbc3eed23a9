"""The reference that the encoder is held to: the model's own weights in onnxruntime, and its own tokenizer.

The graph is built here from the file of weights, in the plain form of BERT, with padding and a mask as every other
runtime has it: nothing of it is shared with the program under test.
"""

import json
import pathlib
import struct

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer

HEADS = 12
TOKENS = 256


def read_safetensors(path: pathlib.Path) -> dict[str, np.ndarray]:
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    entries = json.loads(data[8:8 + length])
    tensors = {}
    for name, entry in entries.items():
        if name == "__metadata__" or entry["dtype"] != "F32":
            continue
        begin, end = entry["data_offsets"]
        flat = np.frombuffer(data, dtype="<f4", count=(end - begin) // 4, offset=8 + length + begin)
        tensors[name] = flat.reshape(entry["shape"])
    return tensors


class Graph:
    """Nodes and constants of an onnx graph, named by counting."""

    def __init__(self) -> None:
        self.nodes = []
        self.constants = {}

    def constant(self, name: str, value: np.ndarray) -> str:
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def add(self, operation: str, *inputs: str, **attributes) -> str:
        output = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, list(inputs), [output], **attributes))
        return output


def build_model(weights: dict[str, np.ndarray]) -> bytes:
    graph = Graph()
    width = weights["embeddings.word_embeddings.weight"].shape[1]
    head = width // HEADS

    def tensor(name: str) -> str:
        return graph.constant(name, weights[name])

    def numbers(name: str, values: list[int]) -> str:
        return graph.constant(name, np.array(values, dtype=np.int64))

    def linear(x: str, name: str) -> str:
        matrix = graph.constant(name + ".transposed", weights[name + ".weight"].T)
        return graph.add("Add", graph.add("MatMul", x, matrix), tensor(name + ".bias"))

    def norm(x: str, name: str) -> str:
        return graph.add("LayerNormalization", x, tensor(name + ".weight"), tensor(name + ".bias"), axis=-1, epsilon=1e-12)

    def heads(x: str, order: list[int]) -> str:
        split = graph.add("Reshape", x, numbers("split", [0, 0, HEADS, head]))
        return graph.add("Transpose", split, perm=order)

    length = graph.add("Gather", graph.add("Shape", "ids"), numbers("one", [1]), axis=0)
    starts, axes = numbers("zero", [0]), numbers("first", [0])
    places = graph.add("Slice", tensor("embeddings.position_embeddings.weight"), starts, length, axes)
    kind = graph.constant("kind", weights["embeddings.token_type_embeddings.weight"][0])
    words = graph.add("Gather", tensor("embeddings.word_embeddings.weight"), "ids", axis=0)
    x = norm(graph.add("Add", graph.add("Add", words, places), kind), "embeddings.LayerNorm")

    mask = graph.add("Cast", "mask", to=TensorProto.FLOAT)
    hidden = graph.add("Mul", graph.add("Sub", graph.constant("unit", np.float32(1)), mask), graph.constant("low", np.float32(-1e9)))
    hidden = graph.add("Unsqueeze", hidden, numbers("middle", [1, 2]))
    layers = 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("encoder.layer."))
    for number in range(layers):
        layer = f"encoder.layer.{number}."
        query = heads(linear(x, layer + "attention.self.query"), [0, 2, 1, 3])
        key = heads(linear(x, layer + "attention.self.key"), [0, 2, 3, 1])
        value = heads(linear(x, layer + "attention.self.value"), [0, 2, 1, 3])
        scores = graph.add("Div", graph.add("MatMul", query, key), graph.constant("root", np.float32(head ** 0.5)))
        shares = graph.add("Softmax", graph.add("Add", scores, hidden), axis=-1)
        mixed = graph.add("Transpose", graph.add("MatMul", shares, value), perm=[0, 2, 1, 3])
        mixed = graph.add("Reshape", mixed, numbers("join", [0, 0, width]))
        x = norm(graph.add("Add", linear(mixed, layer + "attention.output.dense"), x), layer + "attention.output.LayerNorm")
        wide = linear(x, layer + "intermediate.dense")
        phi = graph.add("Erf", graph.add("Div", wide, graph.constant("root2", np.float32(2 ** 0.5))))
        phi = graph.add("Add", phi, graph.constant("unit", np.float32(1)))
        wide = graph.add("Mul", graph.add("Mul", wide, phi), graph.constant("half", np.float32(0.5)))
        x = norm(graph.add("Add", linear(wide, layer + "output.dense"), x), layer + "output.LayerNorm")

    weight = graph.add("Unsqueeze", mask, numbers("last", [2]))
    total = graph.add("ReduceSum", graph.add("Mul", x, weight), numbers("one", [1]), keepdims=0)
    mean = graph.add("Div", total, graph.add("ReduceSum", mask, numbers("one", [1]), keepdims=1))
    graph.nodes.append(helper.make_node("LpNormalization", [mean], ["vectors"], axis=-1, p=2))

    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "tokens"])
    mask_info = helper.make_tensor_value_info("mask", TensorProto.INT64, ["texts", "tokens"])
    vectors = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", width])
    body = helper.make_graph(graph.nodes, "encoder", [ids, mask_info], [vectors], list(graph.constants.values()))
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model.SerializeToString()


class Reference:
    """Texts to vectors by the reference, on one thread."""

    def __init__(self, model: pathlib.Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        graph = build_model(read_safetensors(model / "model.safetensors"))
        self.session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self.tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
        # The file says 128 and pads; the library that the model is used with says this.
        self.tokenizer.enable_truncation(TOKENS)
        self.tokenizer.no_padding()

    def tokens(self, texts: list[str]) -> list[list[int]]:
        return [encoding.ids for encoding in self.tokenizer.encode_batch(texts)]

    def vectors(self, tokens: list[list[int]]) -> np.ndarray:
        ids = np.zeros((len(tokens), max(map(len, tokens))), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, text in enumerate(tokens):
            ids[row, :len(text)] = text
            mask[row, :len(text)] = 1
        return self.session.run(None, {"ids": ids, "mask": mask})[0]

import TestSupport
import Testing

@testable import TextEncoder

@Suite struct SafetensorsHeaderTests {
    private static let tensor = #""t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#

    private static func read(_ text: String) throws(EncoderError) -> [TensorEntry] { try SafetensorsHeader.read(Array(text.utf8)) }

    @Test("entries are read in any form that JSON allows")
    func reads() throws {
        let spaced = """
            {"__metadata__": {"format": "pt", "note": "a \\"b\\""} ,
            \t"a\\u00e9\\ud83d\\ude00\\n" : { "data_offsets" : [ 0 , 8 ] , "shape" : [ ] , "dtype" : "F64" } }  \n
            """
        #expect(try Self.read(spaced) == [TensorEntry(name: "aé😀\n", type: "F64", shape: [], begin: 0, end: 8)])
        #expect(try Self.read("{}") == [])
        #expect(try Self.read("{\(Self.tensor)}") == [TensorEntry(name: "t", type: "F32", shape: [2], begin: 0, end: 8)])
    }

    @Test(
        "anything else is an error with its place",
        arguments: [
            ("", 0, "object"), (" {}", 0, "object"), ("[]", 0, "object"), ("{", 1, "\""), ("{}x", 2, "end"), ("{\"t\"}", 4, ":"),
            ("{\"t\":1}", 5, "{"), ("{\"t\":{}}", 7, "tensor with dtype, shape and two data_offsets"),
            ("{\(tensor),}", 54, "\""), ("{\"__metadata__\":{\"a\":{}}}", 21, "\""),
            ("{\"__metadata__\":{},\"__metadata__\":{}}", 34, "second __metadata__"),
            (#"{"t":{"dtype":"F32","dtype":"F32"}}"#, 28, "dtype, shape or data_offsets, each once"),
            (#"{"t":{"extra":1}}"#, 14, "dtype, shape or data_offsets, each once"),
            (#"{"t":{"shape":[01]}}"#, 17, "whole number"), (#"{"t":{"shape":[-1]}}"#, 15, "whole number"),
            (#"{"t":{"shape":[1.5]}}"#, 16, ","), (#"{"t":{"shape":[[1]]}}"#, 15, "whole number"),
            (#"{"t":{"shape":[99999999999999999999]}}"#, 33, "number that fits"),
            (#"{"t":{"shape":[1,1,1,1,1,1,1,1,1]}}"#, 31, "end of the list"),
            (#"{"t":{"data_offsets":[0,1,2]}}"#, 26, "end of the list"),
            (#"{"\x"}"#, 4, "escape that JSON knows"), (#"{"\u12g4"}"#, 6, "hexadecimal digit"),
            (#"{"\ud800x"}"#, 8, "second half of a character"), (#"{"\ud800\u0041"}"#, 14, "second half of a character"),
            (#"{"\udc00"}"#, 8, "character"), ("{\"a\u{1}\"}", 4, "text without control characters"),
        ])
    func refuses(text: String, offset: Int, expected: String) {
        #expect(throws: EncoderError.header(.syntax(offset: offset, expected: expected))) { try Self.read(text) }
    }

    @Test("text that is not UTF-8, names without end and crowds of tensors are refused")
    func limits() {
        #expect(throws: EncoderError.header(.syntax(offset: 4, expected: "UTF-8 text"))) {
            try SafetensorsHeader.read([UInt8(ascii: "{"), UInt8(ascii: "\""), 0xFF, UInt8(ascii: "\"")])
        }
        #expect(throws: EncoderError.header(.syntax(offset: 1027, expected: "end of the text"))) {
            try Self.read("{\"" + String(repeating: "x", count: 2000) + "\":{}}")
        }
        let crowd = (0...SafetensorsHeader.mostTensors).map { WeightFile.entry("\($0)", "F32", [0], 0, 0) }
        #expect(throws: EncoderError.header(.tooManyTensors)) { try Self.read("{\(crowd.joined(separator: ","))}") }
        #expect(
            EncoderError.header(.syntax(offset: 3, expected: "object")).message
                == "the weights are not a safetensors file: at byte 3 of its header there is no object")
    }
}

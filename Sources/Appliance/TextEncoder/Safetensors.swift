/// A file of tensors whose header has been read and found consistent.
///
///     8 bytes   length n of the header, little-endian
///     n bytes   the header (SafetensorsHeader)
///     the rest  the tensors, without gap or overlap
///
/// Everything is checked at the start: whatever offset is used later lies in the file.
struct Safetensors: Sendable {
    private let memory: WeightBytes
    /// Where the tensors begin.
    private let start: Int
    private let entries: [String: TensorEntry]

    init(_ memory: WeightBytes) throws(EncoderError) {
        self.memory = memory
        let bytes = memory.bytes
        guard bytes.count >= 8 else { throw .header(.truncated) }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard length <= UInt64(SafetensorsHeader.longest) else { throw .header(.tooLong(length)) }
        start = 8 + Int(length)
        guard bytes.count >= start else { throw .header(.truncated) }
        let list = try SafetensorsHeader.read(Array(bytes[8..<start]))
        let room = bytes.count - start
        var entries: [String: TensorEntry] = [:]
        for entry in list {
            try Self.check(entry, room: room)
            guard entries.updateValue(entry, forKey: entry.name) == nil else { throw .tensor(entry.name, .twice) }
        }
        try Self.checkOrder(list, room: room)
        self.entries = entries
    }

    func has(_ name: String) -> Bool { entries[name] != nil }

    func shape(_ name: String) throws(EncoderError) -> [Int] {
        guard let entry = entries[name] else { throw .tensor(name, .missing) }
        return entry.shape
    }

    /// The numbers of a tensor of this shape; nil stands for any positive size.
    func numbers(_ name: String, shape: [Int?]) throws(EncoderError) -> Tensor {
        guard let entry = entries[name] else { throw .tensor(name, .missing) }
        guard entry.shape.count == shape.count, zip(entry.shape, shape).allSatisfy({ $0 > 0 && $0 == $1 ?? $0 }) else {
            let expected = shape.map { $0.map(String.init) ?? "any" }.joined(separator: " × ")
            throw .tensor(name, .wrongShape(expected: expected, found: entry.shape))
        }
        guard let type = NumberType(rawValue: entry.type) else { throw .tensor(name, .unusableType(entry.type)) }
        let bytes = UnsafeRawBufferPointer(rebasing: memory.bytes[(start + entry.begin)..<(start + entry.end)])
        return Tensor(bytes, of: type, in: memory)
    }

    private static func check(_ entry: TensorEntry, room: Int) throws(EncoderError) {
        guard let width = widths[entry.type] else { throw .tensor(entry.name, .unknownType(entry.type)) }
        guard entry.begin <= entry.end, entry.end <= room else {
            throw .tensor(entry.name, .outside(begin: entry.begin, end: entry.end))
        }
        var needed: Int? = width
        for size in entry.shape {
            needed = needed.flatMap {
                let (product, overflow) = $0.multipliedReportingOverflow(by: size)
                return overflow ? nil : product
            }
        }
        guard needed == entry.end - entry.begin else {
            throw .tensor(entry.name, .wrongSize(needed: needed, found: entry.end - entry.begin))
        }
    }

    private static func checkOrder(_ entries: [TensorEntry], room: Int) throws(EncoderError) {
        var end = 0
        var before = ""
        for entry in entries.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
            guard entry.begin >= end else { throw .tensor(entry.name, .overlaps(before)) }
            guard entry.begin == end else { throw .tensor(entry.name, .gapBefore(bytes: entry.begin - end)) }
            (end, before) = (entry.end, entry.name)
        }
        guard end == room else { throw .header(.bytesBehind(tensorsEnd: end, fileEnd: room)) }
    }

    /// Bytes a number, for every type of the format that fills whole bytes.
    private static let widths = [
        "BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "U16": 2, "I16": 2, "F16": 2, "BF16": 2, "U32": 4, "I32": 4,
        "F32": 4, "U64": 8, "I64": 8, "F64": 8,
    ]
}

/// A file of weights that is put together piece by piece, so that each rule can be broken by itself.
package struct WeightFile {
    package var header: String
    package var data: [UInt8]

    package var bytes: [UInt8] { Self.length(header.utf8.count) + Array(header.utf8) + data }

    package static func length(_ count: Int) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } }

    /// As the processors lay them that this runs on.
    package static func littleEndian(_ values: [Float]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }

    /// A file of these tensors in single precision, in this order.
    package init(_ tensors: [(name: String, shape: [Int], values: [Float])]) {
        var entries: [String] = []
        data = []
        for tensor in tensors {
            let begin = data.count
            data += Self.littleEndian(tensor.values)
            entries.append(Self.entry(tensor.name, "F32", tensor.shape, begin, data.count))
        }
        header = "{\(entries.joined(separator: ","))}"
    }

    package init(header: String, data: [UInt8]) {
        self.header = header
        self.data = data
    }

    package static func entry(_ name: String, _ type: String, _ shape: [Int], _ begin: Int, _ end: Int) -> String {
        "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[\(begin),\(end)]}"
    }
}

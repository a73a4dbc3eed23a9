/// Why a text is not JSON, in the words that clients of the original server know:
/// `Expecting value: line 1 column 1 (char 0)`.
package struct JSONError: Error, Equatable {
    package let reason: String

    package init(reason: String) {
        self.reason = reason
    }

    /// Adds the place to a reason. Lines, columns and offsets count characters (Unicode scalars), not bytes;
    /// they are worked out here, once, so that a parse that succeeds never counts them.
    init(_ what: String, at position: Int, in input: UnsafeBufferPointer<UInt8>) {
        var line = 1
        var column = 1
        var character = 0
        for byte in input[..<position] where byte & 0xC0 != 0x80 {
            character += 1
            column += 1
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            }
        }
        reason = "\(what): line \(line) column \(column) (char \(character))"
    }
}

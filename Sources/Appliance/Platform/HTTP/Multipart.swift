// Multipart bodies (RFC 7578). The whole body is in memory already and bounded there, so this is a scan for the
// delimiter; a body that does not keep the grammar is refused as a whole.

extension FormData {
    static let maximumParts = 200
    static let maximumPartHead = 8_192

    init(multipart body: [UInt8], boundary: String?) throws {
        guard let boundary, 1...200 ~= boundary.utf8.count else {
            throw HTTPError.badRequest(detail: "Multipart form parse error - Invalid boundary in multipart: \(boundary ?? "None")")
        }
        self.init()
        let dashes = Array("--".utf8) + Array(boundary.utf8)
        let delimiter = Array("\r\n".utf8) + dashes
        var cursor = try Self.start(of: body, dashes: dashes)
        while !body[cursor...].starts(with: "--".utf8) {
            guard body[cursor...].starts(with: "\r\n".utf8) else { throw Self.broken("malformed boundary line") }
            guard fields.count + files.count < Self.maximumParts else { throw Self.broken("too many parts") }
            let head = cursor + 2
            guard let blank = Self.find(Array("\r\n\r\n".utf8), in: body, from: cursor, to: min(body.count, head + Self.maximumPartHead))
            else {
                throw Self.broken("malformed part header")
            }
            guard let end = Self.find(delimiter, in: body, from: blank + 2, to: body.count) else {
                throw Self.broken("the closing boundary is missing")
            }
            let content = blank + 4 <= end ? body[(blank + 4)..<end] : []
            try add(head: head <= blank ? body[head..<blank] : [], content: content)
            cursor = end + delimiter.count
        }
    }

    private mutating func add(head: ArraySlice<UInt8>, content: ArraySlice<UInt8>) throws {
        var disposition: MediaType?
        var type = "application/octet-stream"
        for line in String(decoding: head, as: UTF8.self).split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":") else { throw Self.broken("malformed part header") }
            let value = ASCIIText.trimmed(line[line.index(after: colon)...])
            if ASCIIText.equalIgnoringCase(line[..<colon], "content-disposition") { disposition = MediaType(value) }
            if ASCIIText.equalIgnoringCase(line[..<colon], "content-type") { type = String(value) }
        }
        guard let disposition, disposition.name == "form-data", let name = disposition.parameters["name"] else {
            throw Self.broken("a part has no name")
        }
        if let filename = disposition.parameters["filename"] {
            let last = filename.split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? ""
            // A form whose file input was left empty sends a part with an empty file name: that is no file.
            guard !last.isEmpty else { return }
            files.append(UploadedFile(name: name, filename: last, contentType: type, bytes: Array(content)))
        } else {
            fields.append((name, String(decoding: content, as: UTF8.self)))
        }
    }

    /// The place behind the first delimiter. What stands before it, the preamble, is ignored.
    private static func start(of body: [UInt8], dashes: [UInt8]) throws -> Int {
        if body.starts(with: dashes) { return dashes.count }
        guard let found = find(Array("\r\n".utf8) + dashes, in: body, from: 0, to: body.count) else {
            throw broken("the first boundary is missing")
        }
        return found + dashes.count + 2
    }

    /// Horspool's search: a mismatch skips as far as the last byte of the window allows.
    static func find(_ needle: [UInt8], in body: [UInt8], from start: Int, to end: Int) -> Int? {
        let length = needle.count
        var skip = [Int](repeating: length, count: 256)
        for index in 0..<(length - 1) { skip[Int(needle[index])] = length - 1 - index }
        return body.withUnsafeBufferPointer { body in
            var position = start
            while position + length <= end {
                var index = length - 1
                while body[position + index] == needle[index] {
                    if index == 0 { return position }
                    index -= 1
                }
                position += skip[Int(body[position + length - 1])]
            }
            return nil
        }
    }

    private static func broken(_ reason: String) -> HTTPError {
        .badRequest(detail: "Multipart form parse error - \(reason)")
    }
}

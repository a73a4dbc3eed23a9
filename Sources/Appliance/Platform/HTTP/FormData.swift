/// A file that came in a multipart body.
package struct UploadedFile: Sendable, Equatable {
    /// The form field's name.
    package let name: String
    /// The name that the client gave the file, without any folders. It is the client's word: show it, do not open it.
    package let filename: String
    package let contentType: String
    package let bytes: [UInt8]

    package init(name: String, filename: String, contentType: String, bytes: [UInt8]) {
        self.name = name
        self.filename = filename
        self.contentType = contentType
        self.bytes = bytes
    }
}

/// The fields and files of a form.
package struct FormData: Sendable {
    package var fields: [(name: String, value: String)]
    package var files: [UploadedFile]

    package init(fields: [(name: String, value: String)] = [], files: [UploadedFile] = []) {
        self.fields = fields
        self.files = files
    }

    init(urlencoded body: [UInt8]) {
        let text = String(decoding: body, as: UTF8.self)
        self.init(fields: PercentCoding.fields(text[...].utf8))
    }

    /// The text fields as one JSON object; a repeated field is an array.
    package var object: JSONValue {
        var order: [String] = []
        var values: [String: [JSONValue]] = [:]
        for field in fields {
            if values[field.name] == nil { order.append(field.name) }
            values[field.name, default: []].append(.string(field.value))
        }
        return .object(
            JSONObject(
                order.map { name in
                    let all = values[name] ?? []
                    return (name, all.count == 1 ? all[0] : .array(all))
                }))
    }
}

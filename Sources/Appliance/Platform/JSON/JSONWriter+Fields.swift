// A key and its value in one call; nil writes `null`.

extension JSONWriter {
    package mutating func field(_ name: String, _ value: String?) {
        key(name)
        if let value { string(value) } else { null() }
    }

    package mutating func field(_ name: String, _ value: Int?) {
        key(name)
        if let value { int(value) } else { null() }
    }

    package mutating func field(_ name: String, _ value: Int64?) {
        field(name, value.map { Int($0) })
    }

    package mutating func field(_ name: String, _ value: Double?) {
        key(name)
        if let value { double(value) } else { null() }
    }

    package mutating func field(_ name: String, _ value: Bool?) {
        key(name)
        if let value { bool(value) } else { null() }
    }

    package mutating func field(_ name: String, _ value: Timestamp?) {
        key(name)
        if let value { timestamp(value) } else { null() }
    }

    package mutating func field(_ name: String, _ value: Identifier?) {
        key(name)
        if let value { identifier(value) } else { null() }
    }

    package mutating func field(_ name: String, _ value: JSONValue?) {
        key(name)
        self.value(value ?? .null)
    }

    package mutating func field(_ name: String, _ values: [String]) {
        array(name) { writer in
            for value in values { writer.string(value) }
        }
    }

    /// A field whose value is JSON text already; nil writes `null`.
    package mutating func field(_ name: String, raw json: String?) {
        key(name)
        raw(json ?? "null")
    }

    package mutating func object(_ name: String, _ body: (inout JSONWriter) throws -> Void) rethrows {
        key(name)
        try object(body)
    }

    package mutating func array(_ name: String, _ body: (inout JSONWriter) throws -> Void) rethrows {
        key(name)
        try array(body)
    }
}

import Platform

extension Passage {
    /// Where a passage is to be found: the source by the id that clients know, and which bytes of its text.
    var citation: JSONObject {
        JSONObject([
            ("source_type", .string(source.rawValue)), ("source_id", .string(sourceID)), ("title", .string(title)),
            ("passage_id", .integer(Int(rowID))), ("start", .integer(start)), ("end", .integer(end)),
        ])
    }
}

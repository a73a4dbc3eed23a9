import Testing

@testable import Platform

@Suite struct RowTests {
    private let temporary: TemporaryDirectory
    private let reader: Reader

    init() throws {
        temporary = try TemporaryDirectory()
        reader = Reader(connection: try Connection(path: temporary("test.db"), role: .writer))
    }

    /// Binds a value, reads it back.
    private func echo<T>(_ value: (any SQLBindable)?, _ read: (borrowing Row) throws -> T) throws -> T? {
        try reader.first("SELECT $1", value, map: read)
    }

    @Test("What is bound comes back the same")
    func roundTrip() throws {
        #expect(try echo(Int64.min) { try $0.int(0) } == .min)
        #expect(try echo(42) { try $0.int(0) } == 42)
        #expect(try echo(true) { try $0.bool(0) } == true)
        #expect(try echo(false) { try $0.bool(0) } == false)
        #expect(try echo(0.1) { try $0.double(0) } == 0.1)
        #expect(try echo(3) { try $0.double(0) } == 3)
        #expect(try echo("naïve 🌳") { try $0.text(0) } == "naïve 🌳")
        #expect(try echo("a\u{0}b") { try $0.text(0) } == "a\u{0}b")
        #expect(try echo([0, 255, 10] as [UInt8]) { try $0.blob(0) } == [0, 255, 10])
        let id = Identifier(v7: Timestamp(seconds: 1_700_000_000), random: SeededRandom(1))
        #expect(try echo(id) { try $0.id(0) } == id)
        let time = Timestamp(microseconds: 1_700_000_000_123_456)
        #expect(try echo(time) { try $0.time(0) } == time)
        #expect(try echo(#"{"a":[1]}"#) { try $0.json(0) } == .object(JSONObject([("a", .array([.number("1")]))])))
    }

    @Test("Empty text and an empty blob are values, not NULL")
    func empty() throws {
        #expect(try echo("") { try $0.text(0) } == "")
        #expect(try echo([] as [UInt8]) { try $0.blob(0) } == [])
        #expect(try echo("") { $0.isNull(0) } == false)
        #expect(try echo([] as [UInt8]) { $0.isNull(0) } == false)
    }

    @Test("The optional accessors give nil for NULL and the value otherwise")
    func optional() throws {
        #expect(try echo(nil) { $0.isNull(0) } == true)
        #expect(try echo(nil) { try $0.intOrNil(0) } == .some(nil))
        #expect(try echo(nil) { try $0.doubleOrNil(0) } == .some(nil))
        #expect(try echo(nil) { try $0.textOrNil(0) } == .some(nil))
        #expect(try echo(nil) { try $0.blobOrNil(0) } == .some(nil))
        #expect(try echo(nil) { try $0.timeOrNil(0) } == .some(nil))
        #expect(try echo(7) { try $0.intOrNil(0) } == 7)
        #expect(try echo(7.5) { try $0.doubleOrNil(0) } == 7.5)
        #expect(try echo("x") { try $0.textOrNil(0) } == "x")
        #expect(try echo([1] as [UInt8]) { try $0.blobOrNil(0) } == [1])
        #expect(try echo(7) { try $0.timeOrNil(0) } == Timestamp(microseconds: 7))
    }

    @Test("The stored bytes of text and blobs come without conversion, none for NULL")
    func bytes() throws {
        #expect(try echo("é") { $0.bytes(0) } == [0xC3, 0xA9])
        #expect(try echo([7] as [UInt8]) { $0.bytes(0) } == [7])
        #expect(try echo(nil) { $0.bytes(0) } == [])
    }

    @Test("A value of another type than the program expects is an error that names the column")
    func unexpected() throws {
        func refuses<T>(_ read: (borrowing Row) throws -> T, sourceLocation: SourceLocation = #_sourceLocation) {
            #expect(throws: StorageError.unexpectedValue(column: 1), sourceLocation: sourceLocation) {
                try reader.first("SELECT NULL, 'text', x'00', 1", map: read)
            }
        }
        refuses { try $0.int(1) }
        refuses { try $0.intOrNil(1) }
        refuses { try $0.bool(1) }
        refuses { try $0.double(1) }
        refuses { try $0.doubleOrNil(1) }
        refuses { try $0.blob(1) }
        refuses { try $0.blobOrNil(1) }
        refuses { try $0.id(1) }
        refuses { try $0.time(1) }
        refuses { try $0.timeOrNil(1) }
        refuses { try $0.json(1) }
        #expect(throws: StorageError.unexpectedValue(column: 2)) { try reader.first("SELECT 1, 2, x'00'") { try $0.id(2) } }
        #expect(throws: StorageError.unexpectedValue(column: 0)) { try reader.first("SELECT 1") { try $0.text(0) } }
        #expect(throws: StorageError.unexpectedValue(column: 0)) { try reader.first("SELECT x'41'") { try $0.textOrNil(0) } }
        #expect(throws: StorageError.unexpectedValue(column: 0)) { try reader.first("SELECT NULL") { try $0.text(0) } }
    }
}

import Glibc
import Testing

@testable import Platform

@Suite struct SocketStreamTests {
    /// Two connected streams, and the descriptor of the second for what a stream does not offer.
    private func pair() throws -> (SocketStream, SocketStream, file: Int32) {
        var files: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &files) == 0 else { throw TestFailure("socketpair") }
        return (SocketStream(files[0]), SocketStream(files[1]), files[1])
    }

    @Test("Lines and blocks come whole, however they were cut on the way")
    func reads() throws {
        let (near, far, file) = try pair()
        #expect(far.write(Array("one\ntw".utf8)))
        #expect(near.line(limit: 100) == Array("one".utf8))
        #expect(far.write(Array("o\n\nabcdefg".utf8)))
        #expect(near.line(limit: 100) == Array("two".utf8))
        #expect(near.line(limit: 100) == [])
        #expect(near.block(3) == Array("abc".utf8))
        #expect(near.block(0) == [])
        shutdown(file, Int32(SHUT_WR))
        #expect(near.block(5) == nil)
        #expect(near.line(limit: 100) == nil)
    }

    @Test("A line beyond the limit is none")
    func limit() throws {
        let (near, far, _) = try pair()
        #expect(far.write([UInt8](repeating: 65, count: 1000)))
        #expect(near.line(limit: 100) == nil)
    }

    @Test("Writing to who has gone fails and raises no signal")
    func gone() throws {
        let (near, far, file) = try pair()
        shutdown(file, Int32(SHUT_RDWR))
        #expect(!near.write([1]))
        #expect(near.write([]))
        withExtendedLifetime(far) {}
    }

    @Test("The peer is this process; a socket that is none has no peer to trust")
    func peer() throws {
        let (near, far, _) = try pair()
        #expect(near.peerIsSelfOrRoot)
        #expect(far.peerIsSelfOrRoot)
        #expect(!SocketStream(-1).peerIsSelfOrRoot)
    }

    @Test("A path of 107 bytes is an address, one of 108 is not")
    func address() {
        #expect(withUnixAddress(String(repeating: "x", count: 107)) { _, length in length } == 110)
        #expect(withUnixAddress(String(repeating: "x", count: 108)) { _, length in length } == nil)
    }
}

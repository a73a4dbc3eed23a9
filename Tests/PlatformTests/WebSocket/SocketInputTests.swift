import Testing

@testable import Platform

@Suite("What a client's frames mean")
struct SocketInputTests {
    private typealias Frame = SocketInput.Frame

    private func input(_ change: (inout SocketLimits) -> Void = { _ in }) -> SocketInput {
        var limits = SocketLimits()
        change(&limits)
        return SocketInput(limits: limits)
    }

    private func text(_ text: String, isFinal: Bool = true) -> Frame { frame(0x1, Array(text.utf8), isFinal: isFinal) }

    private func more(_ text: String, isFinal: Bool = true) -> Frame { frame(0x0, Array(text.utf8), isFinal: isFinal) }

    private func frame(_ opcode: UInt8, _ payload: [UInt8] = [], isFinal: Bool = true) -> Frame {
        Frame(isFinal: isFinal, opcode: opcode, payload: payload[...])
    }

    private func code(_ event: SocketInput.Event?) -> UInt16? {
        if case .failure(let code, _) = event { code } else { nil }
    }

    @Test("A message may come whole, in fragments, and with control frames between these")
    func messages() {
        var input = input()
        #expect(input.receive(text("one")) == .message(.text(Array("one".utf8))))
        #expect(input.receive(frame(0x2, [0xFF, 0])) == .message(.binary([0xFF, 0])))
        #expect(input.receive(text("t", isFinal: false)) == nil)
        #expect(input.receive(frame(0x9, [1, 2])) == .ping([1, 2]))
        #expect(input.receive(more("w", isFinal: false)) == nil)
        #expect(input.receive(frame(0xA)) == .pong)
        #expect(input.receive(more("")) == .message(.text(Array("tw".utf8))))
        #expect(input.receive(text("")) == .message(.text([])))
    }

    @Test("A frame that is not masked, has a reserved bit, or an opcode of no meaning breaks the protocol")
    func malformed() {
        var unmasked = input()
        #expect(code(unmasked.receive(Frame(opcode: 0x1, isMasked: false, payload: []))) == 1002)
        var reserved = input()
        #expect(code(reserved.receive(Frame(hasReservedBits: true, opcode: 0x1, payload: []))) == 1002)
        for opcode in [0x3, 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF] as [UInt8] {
            var input = input()
            #expect(code(input.receive(frame(opcode))) == 1002, "opcode \(opcode)")
        }
    }

    @Test("Fragments out of order, and control frames that are long or in pieces, break the protocol")
    func order() {
        var lonely = input()
        #expect(code(lonely.receive(more("x"))) == 1002)
        var nested = input()
        #expect(nested.receive(text("a", isFinal: false)) == nil)
        #expect(code(nested.receive(text("b"))) == 1002)
        for opcode in [0x8, 0x9, 0xA] as [UInt8] {
            var pieces = input()
            #expect(code(pieces.receive(frame(opcode, isFinal: false))) == 1002)
            var long = input()
            #expect(code(long.receive(frame(opcode, [UInt8](repeating: 0x20, count: 126)))) == 1002)
        }
    }

    @Test("Text that is not UTF-8 is refused with the fragment that makes it so, and binary is not looked at")
    func utf8() {
        var early = input()
        #expect(early.receive(frame(0x1, [0x61, 0xF4], isFinal: false)) == nil)
        #expect(code(early.receive(frame(0x0, [0x90], isFinal: false))) == 1007)
        var cut = input()
        #expect(cut.receive(frame(0x1, [0xE2, 0x82], isFinal: false)) == nil)
        #expect(cut.receive(frame(0x0, [0xAC])) == .message(.text(Array("€".utf8))))
        var unfinished = input()
        #expect(code(unfinished.receive(frame(0x1, [0xE2, 0x82]))) == 1007)
        var binary = input()
        #expect(binary.receive(frame(0x2, [0xC0], isFinal: false)) == nil)
        #expect(binary.receive(frame(0x0, [0x80])) == .message(.binary([0xC0, 0x80])))
    }

    @Test("The limits hold for the message as a whole, and are reached without being passed")
    func limits() {
        var input = input {
            $0.message = 4
            $0.fragments = 3
        }
        #expect(input.receive(text("1234")) == .message(.text(Array("1234".utf8))))
        for piece in ["1", "2"] { #expect(input.receive(piece == "1" ? text(piece, isFinal: false) : more(piece, isFinal: false)) == nil) }
        #expect(input.receive(more("34")) == .message(.text(Array("1234".utf8))))
        var long = input
        #expect(long.receive(text("123", isFinal: false)) == nil)
        #expect(code(long.receive(more("45"))) == 1009)
        var scattered = input
        #expect(scattered.receive(text("", isFinal: false)) == nil)
        for _ in 0..<2 { #expect(scattered.receive(more("", isFinal: false)) == nil) }
        #expect(code(scattered.receive(more(""))) == 1009)
    }

    @Test("A goodbye is taken with the codes that there are, and with none")
    func goodbyes() {
        for code in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999] as [UInt16] {
            var input = input()
            #expect(input.receive(frame(0x8, [UInt8(code >> 8), UInt8(code & 0xFF), 0x6F, 0x6B])) == .goodbye(code))
        }
        for wrong in [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535] as [UInt16] {
            var input = input()
            #expect(code(input.receive(frame(0x8, [UInt8(wrong >> 8), UInt8(wrong & 0xFF)]))) == 1002, "\(wrong)")
        }
        var none = input()
        #expect(none.receive(frame(0x8)) == .goodbye(nil))
        var half = input()
        #expect(code(half.receive(frame(0x8, [3]))) == 1002)
        var garbled = input()
        #expect(code(garbled.receive(frame(0x8, [3, 0xE8, 0xC0, 0x80]))) == 1007)
    }

    @Test("After a goodbye or a failure nothing more means anything")
    func over() {
        var gone = input()
        #expect(gone.receive(frame(0x8)) == .goodbye(nil))
        #expect(gone.receive(text("late")) == nil && gone.isOver)
        var broken = input()
        #expect(code(broken.receive(frame(0x3))) == 1002)
        #expect(broken.receive(frame(0x9)) == nil && broken.isOver)
    }
}

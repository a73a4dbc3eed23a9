import Testing

@testable import Platform

@Suite struct UnusedBytesTests {
    /// A page with the header's fields as given, and pointers to cells behind it.
    private func page(
        _ kind: UInt8, firstFree: Int = 0, content: Int, cells: [Int], size: Int = 512, at start: Int = 0
    ) -> [UInt8] {
        func number(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 255), UInt8(value & 255)] }
        var bytes = [UInt8](repeating: 0, count: start) + [kind] + number(firstFree) + number(cells.count) + number(content) + [0]
        if kind == 2 || kind == 5 { bytes += [0, 0, 0, 9] }
        for cell in cells { bytes += number(cell) }
        return bytes + [UInt8](repeating: 0xEE, count: size - bytes.count)
    }

    private func range(_ page: [UInt8], at start: Int = 0) -> Range<Int>? {
        page.withUnsafeBytes { UnusedBytes.range(in: $0, headerAt: start) }
    }

    @Test("They lie between the pointers and the cells, on pages of each kind")
    func kinds() {
        for (kind, header) in [(UInt8(2), 12), (5, 12), (10, 8), (13, 8)] {
            #expect(range(page(kind, content: 400, cells: [450, 400])) == header + 4..<400)
            #expect(range(page(kind, firstFree: 410, content: 400, cells: [450, 400])) == header + 4..<400)
            #expect(range(page(kind, content: 512, cells: [])) == header..<512)
        }
        #expect(range(page(13, content: 400, cells: [450, 400], at: 100), at: 100) == 112..<400)
        #expect(range(page(10, content: 10, cells: [10])) == 10..<10)
        #expect(range(page(13, content: 0, cells: [], size: 65_536)) == 8..<65_536)
    }

    @Test("Overflow pages, free pages and anything else are no b-tree pages", arguments: [UInt8(0), 1, 3, 4, 9, 14, 255])
    func others(kind: UInt8) { #expect(range(page(kind, content: 400, cells: [450])) == nil) }

    @Test("A page that contradicts itself is left alone")
    func contradictions() {
        #expect(range(page(13, content: 11, cells: [300, 400])) == nil)
        #expect(range(page(13, content: 513, cells: [])) == nil)
        #expect(range(page(13, content: 0, cells: [])) == nil)
        #expect(range(page(13, content: 400, cells: [450, 399])) == nil)
        #expect(range(page(13, content: 400, cells: [512])) == nil)
        #expect(range(page(13, firstFree: 399, content: 400, cells: [450])) == nil)
    }

    /// A header of 4096-byte pages, with bytes of it set.
    private func header(_ changes: (Int, UInt8)...) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 100)
        header[16] = 0x10
        for (place, value) in changes { header[place] = value }
        return header
    }

    @Test("The header tells the size of a page and, with the file's, how many there are")
    func layout() throws {
        let usual = try #require(PageLayout(header: header(), fileSize: 40_960))
        #expect(usual.pageSize == 4096 && usual.pageCount == 10)
        let large = try #require(PageLayout(header: header((16, 0), (17, 1)), fileSize: 131_072))
        #expect(large.pageSize == 65_536 && large.pageCount == 2)
    }

    @Test("A layout that is not ours is none: nothing of it would be touched")
    func foreignLayouts() {
        #expect(PageLayout(header: header((20, 8)), fileSize: 40_960) == nil)
        #expect(PageLayout(header: header((55, 1)), fileSize: 40_960) == nil)
        #expect(PageLayout(header: header((16, 0x11)), fileSize: 40_960) == nil)
        #expect(PageLayout(header: header((16, 0)), fileSize: 40_960) == nil)
        #expect(PageLayout(header: header(), fileSize: 40_961) == nil)
        #expect(PageLayout(header: header(), fileSize: 0) == nil)
        #expect(PageLayout(header: header(), fileSize: UnusedBytes.mostPages * 4096) == nil)
        #expect(PageLayout(header: [0], fileSize: 4096) == nil)
    }
}

/// The bytes of a b-tree page that belong to nothing: those between the cells' pointers and the cells, as SQLite's file
/// format has them (sqlite.org/fileformat2.html, 1.6).
///
/// With `secure_delete` a deleted cell is overwritten with zeros. But where a page is split or evened out with its
/// neighbours, cells move to other pages, and the copy that a moved cell leaves behind lies in these bytes, where no
/// later deletion finds it.
enum UnusedBytes {
    /// More pages than this, and the number with which an overflow or free page begins could look like a b-tree
    /// page's first byte.
    static let mostPages: Int64 = 1 << 25

    /// Where they lie in a page, counted from its beginning; nil for a page that is no b-tree page, and for one that
    /// contradicts itself. `start` is where the b-tree's header begins: at 100 on the first page, else at 0.
    static func range(in page: UnsafeRawBufferPointer, headerAt start: Int) -> Range<Int>? {
        let headerSize: Int
        switch page[start] {
        case 2, 5: headerSize = 12
        case 10, 13: headerSize = 8
        default: return nil
        }
        func number(_ offset: Int) -> Int { Int(page[offset]) << 8 | Int(page[offset + 1]) }
        let cells = number(start + 3)
        let pointers = start + headerSize
        // A page of 65 536 bytes whose content begins at its end has a zero here.
        let content = number(start + 5) == 0 ? 65_536 : number(start + 5)
        let unused = pointers + 2 * cells
        guard unused <= content, content <= page.count else { return nil }
        let firstFree = number(start + 1)
        guard firstFree == 0 || firstFree >= content else { return nil }
        for cell in 0..<cells {
            let place = number(pointers + 2 * cell)
            guard place >= content, place < page.count else { return nil }
        }
        return unused..<content
    }
}

/// What a database file's header says of its pages.
struct PageLayout: Equatable {
    static let headerSize = 100

    let pageSize: Int
    let pageCount: Int64

    /// Nil for a layout that is not ours: reserved bytes at the ends of pages, pages that record their parents
    /// (`auto_vacuum`), a file that is no whole number of pages or has very many.
    init?(header: [UInt8], fileSize: Int64) {
        guard header.count == Self.headerSize else { return nil }
        func number(_ offset: Int, _ count: Int) -> Int { header[offset..<(offset + count)].reduce(0) { $0 << 8 | Int($1) } }
        pageSize = number(16, 2) == 1 ? 65_536 : number(16, 2)
        guard pageSize >= 512, pageSize & (pageSize - 1) == 0, header[20] == 0, number(52, 4) == 0 else { return nil }
        pageCount = fileSize / Int64(pageSize)
        guard fileSize % Int64(pageSize) == 0, pageCount > 0, pageCount < UnusedBytes.mostPages else { return nil }
    }
}

import CSQLite
import Glibc

/// Overwrites with zeros what moved cells have left behind in the main file: the unused bytes of its b-tree pages.
///
/// SQLite has no call for it but `VACUUM`, which writes the whole database anew, twice, holds writers up for as long,
/// and keeps the copy in memory where `temp_store` is. This reads the file once and writes to the few pages that need it.
///
/// It may run only on the writer's thread, outside a transaction, with an empty log and without cached pages:
///
/// - Nobody else writes to the file meanwhile. Readers do, if they like, read pages of it; what changes on a page
///   is what nobody reads.
/// - A later commit cannot bring the old bytes back, for it has to read the page again first.
/// - Stopped at any point, also by a power cut in the middle of a sector, every page is good: any mixture of the old
///   bytes and the zeros is one that SQLite accepts.
enum PageScrubber {
    struct Tally: Sendable, Equatable {
        var pages = 0
        var bytes = 0
    }

    private static let blockPages = 64

    static func run(on connection: Connection) throws -> Tally {
        let file = try MainFile(of: connection)
        var header = [UInt8](repeating: 0, count: PageLayout.headerSize)
        try header.withUnsafeMutableBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            try file.read(bytes.count, at: 0, into: start)
        }
        guard let layout = try PageLayout(header: header, fileSize: file.size) else {
            throw StorageError.io(message: "the pages of the file are laid out in a way that scrubbing does not know")
        }
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: blockPages * layout.pageSize, alignment: 8)
        defer { block.deallocate() }
        let zeros = [UInt8](repeating: 0, count: layout.pageSize)
        var tally = Tally()
        try zeros.withUnsafeBytes { zeros in
            for first in stride(from: 0, to: layout.pageCount, by: blockPages) {
                let pages = Int(min(Int64(blockPages), layout.pageCount - first))
                try scrub(pages, from: first, of: file, layout, block, zeros, &tally)
            }
        }
        if tally.pages > 0 { try file.sync() }
        return tally
    }

    private static func scrub(
        _ pages: Int, from first: Int64, of file: MainFile, _ layout: PageLayout, _ block: UnsafeMutableRawBufferPointer,
        _ zeros: UnsafeRawBufferPointer, _ tally: inout Tally
    ) throws {
        guard let start = block.baseAddress, let zeros = zeros.baseAddress else { return }
        let size = layout.pageSize
        try file.read(pages * size, at: first * Int64(size), into: start)
        for index in 0..<pages {
            let page = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(block)[(index * size)..<((index + 1) * size)])
            let isFirst = first == 0 && index == 0
            guard let unused = UnusedBytes.range(in: page, headerAt: isFirst ? PageLayout.headerSize : 0), !unused.isEmpty,
                memcmp(start + index * size + unused.lowerBound, zeros, unused.count) != 0
            else { continue }
            try file.write(zeros, unused.count, at: (first + Int64(index)) * Int64(size) + Int64(unused.lowerBound))
            tally.pages += 1
            tally.bytes += unused.count
        }
    }
}

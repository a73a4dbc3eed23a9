import Testing

@testable import Platform

@Suite struct HostFiguresTests {
    @Test("The figures of this machine are there and make sense")
    func figures() throws {
        let figures = HostFigures(diskOf: "/tmp")
        #expect(figures.cores >= 1 && figures.loadAverages.allSatisfy { $0 >= 0 })
        #expect(try #require(figures.processorMicroseconds) > 0)
        let (resident, memory) = (try #require(figures.residentBytes), try #require(figures.memoryBytes))
        #expect(resident > 1 << 20 && memory > resident)
        #expect(try #require(figures.availableMemoryBytes) <= memory)
        let (disk, free) = (try #require(figures.diskBytes), try #require(figures.freeDiskBytes))
        #expect(disk > 0 && free >= 0 && free <= disk)
        #expect(figures.receivedBytes ?? 0 >= 0 && figures.sentBytes ?? 0 >= 0)
    }

    @Test("A disk that is not there has no figures, and the others stay")
    func noDisk() {
        let figures = HostFigures(diskOf: "/nowhere/at/all")
        #expect(figures.diskBytes == nil && figures.freeDiskBytes == nil && figures.residentBytes != nil)
    }
}

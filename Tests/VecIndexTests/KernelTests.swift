import CVecKernels
import Testing

@testable import VecIndex

@Suite struct KernelTests {
    private static let dimensions = [1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 100, 384, 4096]

    /// The forms that this processor can run, the portable one last.
    static var forms: [cvec_form] {
        var forms: [cvec_form] = []
        while let form = cvec_form_at(forms.count) { forms.append(form.pointee) }
        return forms
    }

    @Test("each form of the products agrees with double precision", arguments: dimensions)
    func products(dimension: Int) {
        var generator = SeededGenerator(seed: UInt64(dimension))
        let (a, b) = (generator.vector(dimension), generator.vector(dimension))
        let tolerance = Float(dimension) * 1e-6
        let dot = zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        let distance = zip(a, b).reduce(0) { $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1)) }
        for form in Self.forms {
            #expect(abs(form.dot(a, b, dimension) - Float(dot)) <= tolerance)
            #expect(abs(form.l2(a, b, dimension) - Float(distance)) <= tolerance)
        }
        #expect(cvec_dot(a, b, dimension) == Self.forms[0].dot(a, b, dimension))
        #expect(cvec_l2(a, b, dimension) == Self.forms[0].l2(a, b, dimension))
    }

    @Test("a row scored among others, side by side or apart, gets the bits it gets alone", arguments: dimensions)
    func rowsEqualSingle(dimension: Int) {
        var generator = SeededGenerator(seed: UInt64(dimension) + 1)
        let query = generator.vector(dimension)
        let vectors = (0..<5).map { _ in generator.vector(dimension) }
        let rows = vectors.flatMap { $0 }
        var scores = [Float](repeating: 0, count: 5)
        rows.withUnsafeBufferPointer { buffer in
            let places = (0..<5).compactMap { row in buffer.baseAddress.map { $0 + row * dimension } }
            for form in Self.forms {
                form.dot_rows(query, rows, 5, dimension, &scores)
                #expect(scores == vectors.map { form.dot(query, $0, dimension) })
                form.l2_rows(query, rows, 5, dimension, &scores)
                #expect(scores == vectors.map { form.l2(query, $0, dimension) })
                form.dot_each(query, places, 5, dimension, &scores)
                #expect(scores == vectors.map { form.dot(query, $0, dimension) })
                form.l2_each(query, places, 5, dimension, &scores)
                #expect(scores == vectors.map { form.l2(query, $0, dimension) })
            }
        }
    }

    @Test("the squared length does not overflow, and tells numbers that are not finite")
    func squaredLength() {
        #expect(cvec_squared_length([3, 4, 0, 0, 12], 5) == 169)
        #expect(cvec_squared_length([Float](repeating: .greatestFiniteMagnitude, count: 4096), 4096).isFinite)
        #expect(cvec_squared_length([1, .nan], 2).isNaN)
        #expect(cvec_squared_length([1, 2, 3, 4, -.infinity], 5) == .infinity)
    }

    @Test("the next candidate is the first row from the start that passes")
    func nextCandidate() {
        var products = [Float](repeating: 0, count: 50)
        let lengths = [Float](repeating: 2, count: 50)
        for row in [3, 20, 21, 49] { products[row] = 7 }
        let next = { cvec_next_candidate(products, lengths, $0, 50, 1, 0, -3, -1) }  // product - 3·2 - 1 >= 0
        #expect([0, 3, 4, 21, 22, 50].map(next) == [3, 3, 20, 21, 49, 50])
        products[49] = 6
        #expect(cvec_next_candidate(products, lengths, 22, 50, 1, 0, -3, -1) == 50)
        #expect(cvec_next_candidate(products, lengths, 22, 50, 1, 0.5, -3, -1) == 49)
    }

    @Test("wiping writes zeros, and reserved memory comes as zeros, also after some was given back")
    func memory() throws {
        var bytes: [UInt8] = [1, 2, 3, 4]
        cvec_wipe(&bytes, 3)
        #expect(bytes == [0, 0, 0, 4])
        let size = 2 * Int(CVEC_LARGE_PAGE)
        let memory = try #require(cvec_reserve(size))
        let contents = UnsafeMutableRawBufferPointer(start: memory, count: 3 * 4096)
        #expect(UInt(bitPattern: memory) % UInt(CVEC_LARGE_PAGE) == 0 && contents.allSatisfy { $0 == 0 })
        contents.initializeMemory(as: UInt8.self, repeating: 7)
        _ = cvec_use_large_page(memory)  // whether or not the system does
        cvec_give_back(memory + 4096, 4096)
        #expect(contents[..<4096].allSatisfy { $0 == 7 } && contents[4096..<8192].allSatisfy { $0 == 0 })
        #expect(contents[8192...].allSatisfy { $0 == 7 })
        cvec_release(memory, size)
    }

    @Test("the form in use is the first that this processor can run, the portable one the last")
    func names() {
        let names = Self.forms.map { String(cString: $0.name) }
        #expect(names.first == String(cString: cvec_variant()))
        #expect(names.last == "portable")
        #expect(Set(names).isSubset(of: ["avx512", "avx2", "neon", "portable"]))
    }
}

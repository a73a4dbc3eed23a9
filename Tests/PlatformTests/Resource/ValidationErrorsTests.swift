import Testing

@testable import Platform

@Suite struct ValidationErrorsTests {
    @Test("keeps fields in the order of their first errors")
    func order() throws {
        var errors = ValidationErrors()
        #expect(errors.isEmpty)
        try errors.check()
        errors.add("b", "1")
        errors.add("a", ["2", "3"])
        errors.add("b", "4")
        var writer = JSONWriter()
        errors.writeBody(into: &writer)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"b":["1","4"],"a":["2","3"]}"#)
        #expect(errors["a"] == ["2", "3"] && errors["c"].isEmpty)
        #expect(throws: errors) { try errors.check() }
    }

    @Test("an error of the whole stands under its own name")
    func whole() {
        #expect(ValidationErrors(object: "No.") == ValidationErrors("non_field_errors", "No."))
    }
}

import Testing

@testable import Appliance

@Suite struct FoldingTests {
    @Test("Letter case does not count, in any script")
    func folds() {
        #expect(Folding.fold("Ärztin IN Ζάκυνθος") == "ärztin in ζάκυνθος")
        #expect(Folding.words("C3PO/naïve – café, (m/w/d)") == ["c3po", "naïve", "café", "m", "w", "d"])
        #expect(Folding.words(" -- ") == [])
    }

    @Test("Jobs are alike when title, company and location have the same words")
    func likeness() {
        let one = Folding.likeness(title: "Senior Baker (m/f)", company: "Loaf", location: "Ulm, DE")
        #expect(one == Folding.likeness(title: "senior baker - M F", company: "LOAF!", location: "ulm DE"))
        #expect(one != Folding.likeness(title: "Senior Baker (m/f)", company: "Loaf Ulm", location: "DE"))
        #expect(one != Folding.likeness(title: "Baker senior (m/f)", company: "Loaf", location: "Ulm, DE"))
        // It is stored, so it may never change.
        #expect(Folding.likeness(title: "Baker", company: "Loaf", location: "Ulm") == Self.stored)
    }

    private static let stored: Int64 = -5_168_669_948_933_085_156

    @Test(
        "A part of a long text is found in whatever case",
        arguments: [
            ("sql", "Knows SQL.", true), ("sql", "Knows MySQL", true), ("sql", "Knows SQ", false), ("c++", "C, C++ and D", true),
            ("aab", "aaab", true), ("étude", "Une ÉTUDE", true), ("étude", "Une etude", false), ("", "anything", true),
            ("long", "", false), ("lead", "Ärztin, LEAD", true),
        ])
    func needles(needle: String, text: String, isIn: Bool) {
        #expect(FoldedNeedle(needle).isIn(Array(text.utf8)) == isIn)
    }
}

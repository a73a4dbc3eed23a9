extension EmbeddingModel {
    /// The floors of models that were calibrated: questions on one half of `Tests/Benchmarks/retrieval` set them, so that
    /// off-topic ones find nothing, and the other half judges them.
    private static let calibrated: [String: Float] = ["all-MiniLM-L6-v2": 0.4]

    /// For a model that nobody has calibrated: rather low, so that it finds too much and not too little.
    private static let uncalibrated: Float = 0.3

    static func floor(of name: String) -> Float { calibrated[name] ?? uncalibrated }

    /// A passage that was found by its words need not be as near: names say little to a model. It must not be about
    /// something else altogether, though.
    var wordsFloor: Float { floor * 0.65 }
}

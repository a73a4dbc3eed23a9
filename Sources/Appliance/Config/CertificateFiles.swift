import Platform

/// The files that `[tls]` names, read and judged.
///
/// Not part of loading the configuration: a command that only wants to know where the database lies must not fail
/// for a key that only the server's account may read.
enum CertificateFiles {
    /// The pair to serve; nil when TLS is off. What is wrong with a file points at the key that names it.
    static func pair(for loaded: LoadedConfiguration) throws(ConfigurationErrors) -> CertificatePair? {
        let tls = loaded.values.tls
        guard !tls.listen.isEmpty, !tls.certificate.isEmpty, !tls.key.isEmpty else { return nil }
        return try explaining(loaded) { () throws(CertificateProblem) in
            try CertificatePair.load(certificate: tls.certificate, key: tls.key)
        }
    }

    /// Does something with the files; what is wrong with them becomes a mistake in the configuration.
    static func explaining<Value>(
        _ loaded: LoadedConfiguration, _ body: () throws(CertificateProblem) -> Value
    ) throws(ConfigurationErrors) -> Value {
        do {
            return try body()
        } catch {
            throw ConfigurationErrors(errors: [Self.error(error, in: loaded)])
        }
    }

    private static func error(_ problem: CertificateProblem, in loaded: LoadedConfiguration) -> ConfigurationError {
        let key = key(of: problem.file)
        let fact = ConfigurationError.Fact.unusable(key: key, problem: problem)
        guard case .set(let source, let place) = loaded[origin: key] else {
            return ConfigurationError(source: .file(loaded.path ?? ""), place: nil, fact: fact)
        }
        return ConfigurationError(source: source, place: place, fact: fact)
    }

    /// One line for each thing that an operator should know about the files, for a terminal.
    static func warnings(about pair: CertificatePair, at now: Timestamp, in loaded: LoadedConfiguration) -> [String] {
        pair.warnings(at: now, host: host(in: loaded)).map { "warning: \(key(of: $0.file)): \(PrintableText.clean($0.words))" }
    }

    /// The host that clients will look for in the certificate, if the configuration tells.
    static func host(in loaded: LoadedConfiguration) -> String? {
        guard let url = URLText(loaded.values.server.publicURL), url.scheme == "https" else { return nil }
        return url.host.hasPrefix("[") ? String(url.host.dropFirst().dropLast()) : String(url.host)
    }

    private static func key(of file: CertificateProblem.File) -> String { "tls.\(file.rawValue)" }
}

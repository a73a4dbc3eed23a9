import Platform
import Synchronization

/// The templates in use. A reload puts others in their place.
final class CurrentMailTemplates: Sendable {
    private let templates: Mutex<MailTemplates>

    init(_ templates: MailTemplates) { self.templates = Mutex(templates) }

    var current: MailTemplates { templates.withLock { $0 } }

    func replace(_ new: MailTemplates) { templates.withLock { $0 = new } }

    /// They are part of the program, and are read once.
    private static let builtIn = Result { () throws(TemplateProblem) in try MailTemplates(directory: "") }

    /// Reads what `mail.templates` names; a mistake in it is one in the configuration, at that key.
    static func load(_ loaded: LoadedConfiguration) throws(ConfigurationErrors) -> MailTemplates {
        do {
            let directory = loaded.values.mail.templates
            return directory.isEmpty ? try builtIn.get() : try MailTemplates(directory: directory)
        } catch {
            let key = "mail.templates"
            let fact = ConfigurationError.Fact.template(key: key, problem: error)
            guard case .set(let source, let place) = loaded[origin: key] else {
                throw ConfigurationErrors(errors: [ConfigurationError(source: .file(loaded.path ?? ""), place: nil, fact: fact)])
            }
            throw ConfigurationErrors(errors: [ConfigurationError(source: source, place: place, fact: fact)])
        }
    }
}

/// A text with gaps, ready to be filled in.
///
///     {{ name }}                     the value's text; in HTML it is escaped, and there is no way around that
///     {{ link name }}                the value if it is an http or https address, else nothing; escaped as well
///     {{ if name }} … {{ else }} … {{ end }}
///     {{ for job in jobs }} … {{ job.title }} … {{ end }}
///
/// A line that holds nothing but `if`, `else`, `for` or `end` leaves no line behind. There is nothing else: no code, no
/// files, no other templates. In HTML an `href` or `src` that a value begins must be a `link`, so that no value becomes
/// a script. Everything wrong with a template is found when it is read, and names its file and line.
package struct Template: Sendable, Equatable {
    package enum Form: Sendable, Equatable {
        case text, html
    }

    indirect enum Node: Sendable, Equatable {
        case text(String)
        case value(TemplatePath)
        case link(TemplatePath)
        case condition(TemplatePath, then: [Node], otherwise: [Node])
        case loop(variable: String, TemplatePath, [Node])
        /// In a layout: where the text that it is around goes.
        case content
    }

    let form: Form
    let nodes: [Node]

    /// - Parameters:
    ///   - isLayout: whether it goes around others, and says with `{{ content }}` where they go.
    ///   - firstLine: the number that the first line has in the file, where something stands before it.
    ///   - known: an example of the values that it will be filled with; a name that is not in it is a problem.
    package init(
        _ source: String, form: Form, file: String, isLayout: Bool = false, firstLine: Int = 1, known: JSONObject
    ) throws(TemplateProblem) {
        var parser = TemplateParser(source, form: form, file: file, isLayout: isLayout, firstLine: firstLine, known: known)
        nodes = try parser.parse()
        self.form = form
    }

    /// The text with these values. A value that is missing is empty, and so is one of a kind that has no text.
    ///
    /// - Parameter content: what a layout goes around: the text of another template of the same form.
    package func fill(_ values: JSONObject, around content: String = "") -> String {
        var output = ""
        var filling = TemplateFilling(form: form, values: values, content: content)
        filling.write(nodes, to: &output)
        return output
    }
}

/// A value's place: `job.title`, with the line that asks for it.
struct TemplatePath: Sendable, Equatable {
    let names: [String]

    var text: String { names.joined(separator: ".") }
}

/// What is wrong with a template, and where.
package struct TemplateProblem: Error, Sendable, Equatable {
    package let file: String
    /// From 1; nil where the file as a whole is the problem.
    package let line: Int?
    package let words: String

    package init(file: String, line: Int?, words: String) {
        self.file = file
        self.line = line
        self.words = words
    }

    /// `welcome.html:7: {{ end }} without a beginning`
    package var text: String { file + (line.map { ":\($0)" } ?? "") + ": " + words }
}

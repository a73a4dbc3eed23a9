/// The templates that are in the program. A directory of the operator's can take the place of any of them.
///
/// The text form of each begins with its subject. Both forms of a mail go into the layout of that form.
enum BuiltInTemplates {
    /// The source of a file by its name; nil for one that there is not.
    static func source(_ name: String) -> String? { sources[name] }

    private static let sources: [String: String] = {
        var sources = ["layout.txt": layoutText, "layout.html": layoutHTML]
        for (kind, source) in [accounts, jobs, notifications].joined() {
            sources[kind.rawValue + ".txt"] = source.text
            sources[kind.rawValue + ".html"] = source.html
        }
        return sources
    }()

    private static let layoutText = """
        Hello{{ if name }} {{ name }}{{ end }},

        {{ content }}

        --
        {{ service }}{{ if site }} · {{ site }}{{ end }}
        This mail was sent to {{ email }} by a program; nobody reads answers to it.

        """

    private static let layoutHTML = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>{{ service }}</title>
        </head>
        <body style="margin:0;padding:24px;background:#f4f5f7;color:#1c1e21;font:16px/1.5 sans-serif">
        <div style="max-width:600px;margin:0 auto;padding:24px;background:#ffffff;border-radius:8px">
        <p>Hello{{ if name }} {{ name }}{{ end }},</p>
        {{ content }}
        </div>
        <p style="max-width:600px;margin:16px auto;color:#606770;font-size:13px">
        {{ if site }}
        <a href="{{ link site }}" style="color:#606770">{{ service }}</a>.
        {{ else }}
        {{ service }}.
        {{ end }}
        This mail was sent to {{ email }} by a program; nobody reads answers to it.
        </p>
        </body>
        </html>

        """
}

// The mails that tell of whatever notifications say.
extension BuiltInTemplates {
    static let notifications: [MailKind: (text: String, html: String)] = [
        .notice: (
            text: """
            Subject: {{ title }}

            {{ title }}

            {{ message }}
            {{ if address }}

            More about it: {{ link address }}
            {{ end }}
            """,
            html: """
            <p><strong>{{ title }}</strong></p>
            <p style="white-space:pre-line">{{ message }}</p>
            {{ if address }}
            <p><a href="{{ link address }}">More about it</a></p>
            {{ end }}
            """
        ),
        .digest: (
            text: """
            Subject: Your {{ service }} digest - {{ count }} new

            this is new{{ if period }} since the last {{ period }}{{ end }}.

            {{ for item in items }}
            * {{ item.title }}
            {{ if item.message }}
              {{ item.message }}
            {{ end }}
            {{ end }}
            {{ if more }}

            And {{ more }} more.
            {{ end }}
            {{ if address }}

            All of it: {{ link address }}
            {{ end }}
            {{ if settings_address }}

            How often this comes: {{ link settings_address }}
            {{ end }}
            {{ if stop_address }}
            No more of these mails: {{ link stop_address }}
            {{ end }}
            """,
            html: """
            <p>this is new{{ if period }} since the last {{ period }}{{ end }}.</p>
            <ul>
            {{ for item in items }}
            <li><strong>{{ item.title }}</strong>{{ if item.message }}<br>{{ item.message }}{{ end }}</li>
            {{ end }}
            </ul>
            {{ if more }}
            <p>And {{ more }} more.</p>
            {{ end }}
            {{ if address }}
            <p><a href="{{ link address }}">All of it</a></p>
            {{ end }}
            {{ if settings_address }}
            <p><a href="{{ link settings_address }}">How often this comes</a></p>
            {{ end }}
            {{ if stop_address }}
            <p><a href="{{ link stop_address }}">No more of these mails</a></p>
            {{ end }}
            """
        ),
    ]
}

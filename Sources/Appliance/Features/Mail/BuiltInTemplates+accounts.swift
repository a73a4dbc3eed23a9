// The mails about an account itself.
extension BuiltInTemplates {
    static let accounts: [MailKind: (text: String, html: String)] = [
        .welcome: (
            text: """
            Subject: Welcome to {{ service }}!

            welcome to {{ service }}. Your account {{ email }} is ready.

            The first steps:

            1. Fill in your profile: title, skills, where you want to work.
            2. Save jobs that you like, and note what you think of them.
            3. Make an alert, so that new jobs come to you.
            4. Ask the assistant about a job, or about your next step.
            {{ if profile_address }}

            Your profile: {{ link profile_address }}
            {{ end }}
            """,
            html: """
            <p>welcome to {{ service }}. Your account {{ email }} is ready.</p>
            <p>The first steps:</p>
            <ol>
            <li>Fill in your profile: title, skills, where you want to work.</li>
            <li>Save jobs that you like, and note what you think of them.</li>
            <li>Make an alert, so that new jobs come to you.</li>
            <li>Ask the assistant about a job, or about your next step.</li>
            </ol>
            {{ if profile_address }}
            <p><a href="{{ link profile_address }}">Your profile</a></p>
            {{ end }}
            """
        ),
        .emailVerification: (
            text: """
            Subject: Confirm your e-mail address - {{ service }}

            please confirm that {{ email }} is your address.
            {{ if address }}

            Open this page: {{ link address }}
            {{ end }}

            Or give your program this code: {{ code }}

            Both are good once, and for {{ minutes }} minutes. If you made no account
            with {{ service }}, there is nothing that you need to do.
            """,
            html: """
            <p>please confirm that {{ email }} is your address.</p>
            {{ if address }}
            <p><a href="{{ link address }}">Confirm my address</a></p>
            {{ end }}
            <p>Or give your program this code:<br><code>{{ code }}</code></p>
            <p>Both are good once, and for {{ minutes }} minutes. If you made no account with {{ service }}, there is
            nothing that you need to do.</p>
            """
        ),
        .passwordReset: (
            text: """
            Subject: Password Reset - {{ service }}

            somebody, probably you, asked for a new password for {{ email }}.
            {{ if address }}

            Choose one on this page: {{ link address }}
            {{ end }}

            Or give your program this code: {{ code }}

            Both are good once, and for {{ minutes }} minutes. With a new password
            every login ends. If it was not you, leave this mail alone: nothing changes.
            """,
            html: """
            <p>somebody, probably you, asked for a new password for {{ email }}.</p>
            {{ if address }}
            <p><a href="{{ link address }}">Choose a new password</a></p>
            {{ end }}
            <p>Or give your program this code:<br><code>{{ code }}</code></p>
            <p>Both are good once, and for {{ minutes }} minutes. With a new password every login ends. If it was not
            you, leave this mail alone: nothing changes.</p>
            """
        ),
    ]
}

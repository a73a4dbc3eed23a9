// The mails about jobs and applications.
extension BuiltInTemplates {
    static let jobs: [MailKind: (text: String, html: String)] = [
        .statusChange: (
            text: """
            Subject: Application Update: {{ title }} at {{ company }}

            your application for {{ title }} at {{ company }} is now {{ status }}.
            {{ if before }}
            Before, it was {{ before }}.
            {{ end }}
            {{ if address }}

            Your applications: {{ link address }}
            {{ end }}
            """,
            html: """
            <p>your application for <strong>{{ title }}</strong> at {{ company }} is now <strong>{{ status }}</strong>.
            {{ if before }}
            Before, it was {{ before }}.
            {{ end }}
            </p>
            {{ if address }}
            <p><a href="{{ link address }}">Your applications</a></p>
            {{ end }}
            """
        ),
        .alert: (
            text: """
            Subject: New Job Alert: {{ count }} matching jobs found

            your alert "{{ alert }}" has found new jobs ({{ count }}).
            {{ if criteria }}
            It looks for: {{ criteria }}
            {{ end }}

            {{ for job in jobs }}
            * {{ job.title }}, {{ job.company }}, {{ job.location }}
              {{ job.salary }}
            {{ if job.address }}
              {{ link job.address }}
            {{ end }}
            {{ end }}
            {{ if more }}

            And {{ more }} more.
            {{ end }}
            {{ if address }}

            Your alerts: {{ link address }}
            {{ end }}
            """,
            html: """
            <p>your alert <strong>{{ alert }}</strong> has found new jobs ({{ count }}).
            {{ if criteria }}
            It looks for: {{ criteria }}
            {{ end }}
            </p>
            <ul>
            {{ for job in jobs }}
            <li>
            {{ if job.address }}
            <a href="{{ link job.address }}">{{ job.title }}</a>,
            {{ else }}
            {{ job.title }},
            {{ end }}
            {{ job.company }}, {{ job.location }}<br>{{ job.salary }}</li>
            {{ end }}
            </ul>
            {{ if more }}
            <p>And {{ more }} more.</p>
            {{ end }}
            {{ if address }}
            <p><a href="{{ link address }}">Your alerts</a></p>
            {{ end }}
            """
        ),
        .recommendations: (
            text: """
            Subject: New Job Recommendations - {{ count }} matches found

            these jobs go well with your profile.

            {{ for job in jobs }}
            * {{ job.title }}, {{ job.company }}, {{ job.location }}{{ if job.score }} ({{ job.score }} %){{ end }}
              {{ job.salary }}
            {{ if job.address }}
              {{ link job.address }}
            {{ end }}
            {{ end }}
            {{ if address }}

            All of them: {{ link address }}
            {{ end }}
            """,
            html: """
            <p>these jobs go well with your profile.</p>
            <ul>
            {{ for job in jobs }}
            <li>
            {{ if job.address }}
            <a href="{{ link job.address }}">{{ job.title }}</a>,
            {{ else }}
            {{ job.title }},
            {{ end }}
            {{ job.company }}, {{ job.location }}{{ if job.score }} ({{ job.score }} %){{ end }}<br>{{ job.salary }}</li>
            {{ end }}
            </ul>
            {{ if address }}
            <p><a href="{{ link address }}">All of them</a></p>
            {{ end }}
            """
        ),
        .followUp: (
            text: """
            Subject: Follow-up Reminder: {{ title }} at {{ company }}

            you wanted to follow up on your application for {{ title }} at {{ company }}
            on {{ date }}. You applied {{ ago }}.
            {{ if notes }}

            Your notes: {{ notes }}
            {{ end }}
            {{ if address }}

            Your applications: {{ link address }}
            {{ end }}
            """,
            html: """
            <p>you wanted to follow up on your application for <strong>{{ title }}</strong> at {{ company }} on {{ date }}.
            You applied {{ ago }}.</p>
            {{ if notes }}
            <p>Your notes: {{ notes }}</p>
            {{ end }}
            {{ if address }}
            <p><a href="{{ link address }}">Your applications</a></p>
            {{ end }}
            """
        ),
    ]
}

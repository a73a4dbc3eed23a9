import Testing

@testable import Platform

@Suite struct TemplateTests {
    private static let values = JSONObject([
        ("name", "Ada & <Co>"), ("count", 2), ("nothing", ""), ("site", "https://jobs.example.org/?a=1&b=2"),
        ("script", "javascript:alert(1)"),
        ("jobs", [["title": "Baker", "tags": ["a", "b"]], ["title": "<Miller>", "tags": []]]), ("empty", []), ("flag", true),
        ("person", ["city": "Zürich"]), ("none", .null),
    ])

    private func fill(_ source: String, _ form: Template.Form = .text) throws -> String {
        try Template(source, form: form, file: "x.txt", known: Self.values).fill(Self.values)
    }

    @Test(
        "Each tag does what its name says",
        arguments: [
            ("plain", "plain"), ("", ""), ("{{ name }}", "Ada & <Co>"), ("{{name}}!", "Ada & <Co>!"), ("{{ count }}", "2"),
            ("{{ nothing }}{{ none }}{{ flag }}", ""), ("{{ person.city }}", "Zürich"),
            ("{{ link site }}", "https://jobs.example.org/?a=1&b=2"),
            ("{{ link script }}", ""), ("{{ link name }}", ""), ("{{ if count }}yes{{ else }}no{{ end }}", "yes"),
            ("{{ if nothing }}yes{{ else }}no{{ end }}", "no"), ("{{ if empty }}yes{{ end }}", ""), ("{{ if flag }}yes{{ end }}", "yes"),
            ("{{ for job in jobs }}{{ job.title }};{{ end }}", "Baker;<Miller>;"), ("{{ for job in empty }}x{{ end }}", ""),
            ("{{ for job in jobs }}{{ for tag in job.tags }}{{ tag }}{{ job.title }} {{ end }}{{ end }}", "aBaker bBaker "),
            ("{{ for count in jobs }}{{ count.title }}{{ end }}{{ count }}", "Baker<Miller>2"), ("a } b { c }} d", "a } b { c }} d"),
        ])
    func tags(source: String, filled: String) throws {
        #expect(try fill(source) == filled)
    }

    @Test("A line with nothing but structure on it leaves none behind; others keep their ends")
    func lines() throws {
        let source =
            "a\n{{ if flag }}\nb\n  {{ for job in jobs }}\n- {{ job.title }}\n\t{{ end }}\n{{ else }}\nc\n{{ end }}\nd {{ if flag }}e{{ end }}\n"
        #expect(try fill(source) == "a\nb\n- Baker\n- <Miller>\nd e\n")
        #expect(try fill("a\r\nb") == "a\nb")
    }

    @Test("In HTML every value is escaped, whichever it is and wherever it stands")
    func escaping() throws {
        let evil = "<script>alert('1')</script> & \"x\" `y` \u{0}\u{1B}\u{85}z"
        let values = JSONObject([("evil", .string(evil)), ("list", [["evil": .string(evil)]])])
        let source = "<p title=\"{{ evil }}\">{{ evil }}</p>{{ for item in list }}{{ item.evil }}{{ end }}"
        let html = try Template(source, form: .html, file: "x.html", known: values).fill(values)
        let escaped = "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;x&quot; &#96;y&#96; z"
        #expect(html == "<p title=\"\(escaped)\">\(escaped)</p>\(escaped)")
        let text = try Template("{{ evil }}", form: .text, file: "x.txt", known: values).fill(values)
        #expect(text == "<script>alert('1')</script> & \"x\" `y` z")
        // A value is never read as a template.
        let tag = JSONObject([("evil", "{{ link evil }}{{ end }}")])
        #expect(try Template("{{ evil }}", form: .html, file: "x.html", known: tag).fill(tag) == "{{ link evil }}{{ end }}")
    }

    @Test("An address in HTML is a link, which is http or https or nothing")
    func addresses() throws {
        let filled = try fill(
            #"<a href="{{ link site }}">x</a><a href="{{ link script }}">y</a><a href="https://x.example/{{ count }}">z</a>"#, .html)
        #expect(filled == #"<a href="https://jobs.example.org/?a=1&amp;b=2">x</a><a href="">y</a><a href="https://x.example/2">z</a>"#)
        for source in [
            #"<a href="{{ site }}">"#, "<a href='{{ site }}'>", "<a href={{ site }}>", #"<img SRC = "{{ site }}">"#,
            #"<a href="{{ if flag }}{{ site }}{{ end }}">"#, #"<form action="{{ site }}">"#,
        ] {
            #expect(throws: TemplateProblem.self, "\(source)") { try fill(source, .html) }
        }
    }

    @Test(
        "Everything wrong with a template is found when it is read, at its line",
        arguments: [
            ("a\n{{ nme }}", 2, "there is no nme here; there are count, empty, flag, jobs, name, none, nothing, person, script, site"),
            ("{{ person }}", 1, "person has parts, and no text of its own"), ("{{ name.first }}", 1, "there is no name.first"),
            ("\n\n{{ if name }}\nx", 3, "this has no {{ end }}"), ("{{ for job in jobs }}", 1, "this has no {{ end }}"),
            ("{{ end }}", 1, "{{ end }} without a beginning"), ("{{ else }}", 1, "{{ else }} without an {{ if }}"),
            ("{{ if flag }}{{ else }}{{ else }}{{ end }}", 1, "{{ else }} without an {{ if }}"),
            ("{{ for job in jobs }}{{ else }}{{ end }}", 1, "{{ else }} without an {{ if }}"),
            ("{{ for job in name }}{{ end }}", 1, "name is not a list"), ("{{ for if in jobs }}{{ end }}", 1, "if is not a name"),
            ("{{ for job in jobs }}{{ end }}{{ job.title }}", 1, "there is no job.title"), ("{{ Name }}", 1, "Name is not a name"),
            ("{{ name", 1, "{{ without }} on the same line"), ("{{ name\n}}", 1, "{{ without }} on the same line"),
            ("{{ }}", 1, "{{  }} is none of the tags that there are"), ("{{ include x }}", 1, "{{ include x }} is none of the tags"),
            ("{{ content }}", 1, "there is no content here"), ("{{ name | raw }}", 1, "{{ name | raw }} is none of the tags"),
            (String(repeating: "{{ if flag }}", count: 9), 1, "more than 8 tags within each other"),
        ])
    func problems(source: String, line: Int, words: String) {
        let problem = #expect(throws: TemplateProblem.self) { try fill(source) }
        #expect(problem?.file == "x.txt" && problem?.line == line && problem?.words.hasPrefix(words) == true, "\(problem?.text ?? "")")
    }

    @Test("A layout goes around a text, which it does not escape again; it needs one place for it")
    func layout() throws {
        let known = JSONObject([("name", "Ada")])
        let layout = try Template("<h1>{{ name }}</h1>\n{{ content }}\n", form: .html, file: "layout.html", isLayout: true, known: known)
        #expect(layout.fill(known, around: "<p>&amp;</p>") == "<h1>Ada</h1>\n<p>&amp;</p>\n")
        for source in ["", "{{ content }}{{ content }}", "{{ if name }}{{ content }}{{ end }}"] {
            #expect(throws: TemplateProblem.self, "\(source)") {
                try Template(source, form: .html, file: "layout.html", isLayout: true, known: known)
            }
        }
        #expect(TemplateProblem(file: "a.html", line: 7, words: "x").text == "a.html:7: x")
        #expect(TemplateProblem(file: "a.html", line: nil, words: "x").text == "a.html: x")
    }
}

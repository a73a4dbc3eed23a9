import Testing

@testable import Appliance

@Suite struct CanonicalURLTests {
    @Test(
        "Links to the same page are one",
        arguments: [
            ("HTTPS://Jobs.Example.ORG:443/Baker/7/", "https://jobs.example.org/Baker/7"),
            ("http://jobs.example.org:80/7#apply", "http://jobs.example.org/7"),
            ("http://jobs.example.org:8080/7", "http://jobs.example.org:8080/7"),
            ("https://jobs.example.org:80/7", "https://jobs.example.org:80/7"),
            ("https://jobs.example.org./7", "https://jobs.example.org/7"),
            ("https://jobs.example.org/7?utm_source=a&UTM_Medium=b&gclid=c&lang=de", "https://jobs.example.org/7?lang=de"),
            ("https://jobs.example.org/?id=7&fbclid=x", "https://jobs.example.org?id=7"),
            ("https://jobs.example.org/7?&", "https://jobs.example.org/7"),
            ("https://a:B@Jobs.example.org/7", "https://a:B@jobs.example.org/7"),
            ("https://[2001:DB8::1]:443/7", "https://[2001:db8::1]/7"),
        ])
    func same(link: String, canonical: String) { #expect(CanonicalURL.of(link) == canonical) }

    @Test("What names a page is kept: letter case of the path, other parameters, routes within a page")
    func different() {
        let links = [
            "https://jobs.example.org/a", "https://jobs.example.org/A", "https://jobs.example.org/a?ref=1",
            "https://jobs.example.org/a?ref=2",
            "https://jobs.example.org/#/jobs/1", "https://jobs.example.org/#/jobs/2", "https://jobs.example.org/#!jobs/1",
        ]
        #expect(Set(links.map(CanonicalURL.of)).count == links.count)
        #expect(CanonicalURL.of("https://jobs.example.org/#/jobs/1/") == "https://jobs.example.org#/jobs/1")
    }

    @Test(
        "A front page names no job, and neither does no link",
        arguments: [
            "", "no link", "https://loaf.example.org", "https://loaf.example.org/", "https://loaf.example.org/?utm_campaign=x#top",
        ])
    func none(link: String) { #expect(CanonicalURL.of(link) == "") }
}

import Spec
import Testing

@Suite struct ValueTextTests {
    @Test(
        "durations",
        arguments: [
            ("30s", 30_000), ("5m", 300_000), ("1h30m", 5_400_000), ("500ms", 500), ("1m500ms", 60_500), ("0s", 0),
            ("", nil), ("5", nil), ("m", nil), ("5M", nil), ("5 m", nil), ("1s1m", nil), ("1m1m", nil), ("-5s", nil),
            ("1.5h", nil), ("99999999999999999999h", nil),
        ] as [(String, Int?)])
    func durations(_ text: String, _ milliseconds: Int?) {
        #expect(Duration(specText: text) == milliseconds.map { .milliseconds($0) })
    }

    @Test(
        "sizes print as what they read",
        arguments: [
            ("512MiB", "512MiB"), ("1024MiB", "1GiB"), ("1GB", "1000000000B"), ("1TiB", "1TiB"), ("1kB", "1000B"),
            ("0GiB", "0B"), ("1G", nil), ("1gib", nil), ("1.5GiB", nil), ("GiB", nil), ("", nil), ("+1GiB", nil),
            ("9999999999TiB", nil), ("18446744073709551615B", nil), ("1 GiB", nil),
        ] as [(String, String?)])
    func sizes(_ text: String, _ expected: String?) {
        #expect(Size(text)?.description == expected)
    }

    @Test(
        "addresses",
        arguments: [
            ("10.0.0.1", true), ("255.255.255.255", true), ("0.0.0.0", true), ("10.0.0", false), ("10.0.0.1.2", false),
            ("10.0.0.256", false), ("010.0.0.1", false), ("10.0.0.+1", false), ("10.0.0.１", false), ("::1", false),
        ])
    func addresses(_ text: String, _ isAddress: Bool) {
        #expect((IPv4Address(text)?.description == text) == isAddress)
    }

    @Test(
        "host names",
        arguments: [
            ("db", true), ("s4-controller.lab.example", true), ("1", true), ("a.b.c", true), ("3com.example", true),
            ("", false), (".", false), ("a.", false), (".a", false), ("a..b", false), ("-a.b", false), ("a.b-", false),
            ("A.b", false), ("a_b.c", false), ("10.0.0.5", false), ("a.1", false),
            (String(repeating: "a", count: 64), false), (String(repeating: "a.", count: 126) + "a", true),
            (String(repeating: "a.", count: 126) + "ab", false),
        ])
    func hostNames(_ text: String, _ isName: Bool) {
        #expect((HostName(text)?.text == text) == isName)
    }

    @Test(
        "names",
        arguments: [
            ("a", true), ("web-1", true), ("1", true), ("a--b", true), ("", false), ("-a", false), ("a-", false),
            ("A", false), ("a.b", false), ("a_b", false), ("a b", false), ("ä", false), ("a\n", false), ("$(x)", false),
        ])
    func names(_ text: String, _ isName: Bool) {
        #expect((Name(text)?.text == text) == isName)
    }
}

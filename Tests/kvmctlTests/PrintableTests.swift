import Testing

@testable import kvmctl

struct PrintableTests {
    @Test(
        "what a terminal would act on is written out",
        arguments: [
            ("plain text, äöü 漢字 →", "plain text, äöü 漢字 →"), ("a\nb", "a\\nb"), ("a\r\nb", "a\\r\\nb"),
            ("\tx", "\\tx"), ("\u{1b}[2J", "\\u{1b}[2J"), ("\u{9b}31m", "\\u{9b}31m"), ("nul\0", "nul\\u{0}"),
            ("\u{7f}", "\\u{7f}"), ("abc\u{202e}txt", "abc\\u{202e}txt"), ("\u{2066}a\u{2069}", "\\u{2066}a\\u{2069}"),
            ("\u{2028}", "\\u{2028}"), ("\u{feff}", "\\u{feff}"), ("", ""),
        ])
    func escaping(text: String, expected: String) {
        #expect(Printable.escaped(text) == expected)
    }

    @Test(
        "a console's colours are left out, anything else stays to be escaped",
        arguments: [
            ("[\u{1b}[0;32m  OK  \u{1b}[0m] Started\r", "[  OK  ] Started"), ("\u{1b}[2J\u{1b}[Hx", "x"),
            ("a\u{1b}]b", "a\u{1b}]b"),
            ("cut \u{1b}[0;1", "cut "), ("", ""),
        ])
    func unpainting(line: String, expected: String) {
        #expect(Printable.unpainted(line) == expected)
    }

    @Test("escaping twice is escaping once", arguments: ["\u{1b}]0;x\u{7}", "a\\u{1b}b", "\r"])
    func idempotence(text: String) {
        #expect(Printable.escaped(Printable.escaped(text)) == Printable.escaped(text))
    }

    @Test("no ASCII control passes through")
    func allControls() {
        for value in UInt8.min...UInt8.max {
            let text = Printable.escaped(String(Unicode.Scalar(value)))
            #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
        }
    }

    @Test(
        "durations are short",
        arguments: [
            (Duration.milliseconds(40), "0.0 s"), (.milliseconds(1250), "1.2 s"), (.milliseconds(59_960), "59.9 s"),
            (.seconds(60), "1 m 00 s"), (.seconds(125), "2 m 05 s"),
        ])
    func durations(duration: Duration, expected: String) {
        #expect(Printable.duration(duration) == expected)
    }

    @Test(
        "sizes are short",
        arguments: [
            (0, "0B"), (1023, "1023B"), (1536, "1.5KiB"), (200 << 20, "200MiB"), (3 << 29, "1.5GiB"),
            (UInt64(10) << 30, "10GiB"), ((25 << 30) + (512 << 20), "25GiB"), (UInt64.max, "16777215TiB"),
        ] as [(UInt64, String)])
    func sizes(bytes: UInt64, expected: String) {
        #expect(Printable.size(bytes) == expected)
    }
}

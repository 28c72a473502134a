/// Installations that are wrong.
enum InstallationCases {
    private static func spec(_ installation: String, _ more: String = "") -> String {
        "images: {cd: {source: cd.iso}}\ninstances: {a: {install: \(installation)\(more), flavor: small}}"
    }

    static let all: [SpecCase] = [
        SpecCase(
            "an installation of which everything is said",
            spec("{iso: cd, answers: host.ks, until: agent, timeout: 2h}"),
            gives: []),
        SpecCase(
            "an installation without a CD", spec("{until: reboot}"),
            gives: [
                "f:3:26: error: install: iso is missing; expected a name"
            ]),
        SpecCase(
            "an installation that is the name of a CD", spec("cd"),
            gives: [
                "f:3:26: error: install: expected a map, found \"cd\"; write {iso: cd}"
            ]),
        SpecCase(
            "an installation that is null", spec("null"),
            gives: [
                "f:3:13: error: the instance \"a\" has no image; add image: with the name of an image"
            ]),
        SpecCase(
            "a CD that there is none of", spec("{iso: nope}"),
            gives: [
                "f:3:26: error: there is no image \"nope\"; there are cd, debian"
            ]),
        SpecCase(
            "an end that is none", spec("{iso: cd, until: done}"),
            gives: [
                "f:3:43: error: install.until: expected one of poweroff, reboot, agent, found \"done\""
            ]),
        SpecCase(
            "no time for an installation", spec("{iso: cd, timeout: 0s}"),
            gives: [
                "f:3:45: error: install.timeout: expected a time above 0 and up to 24h, found 0s"
            ]),
        SpecCase(
            "a time without a unit", spec("{iso: cd, timeout: 60}"),
            gives: [
                "f:3:45: error: install.timeout: expected a time such as 30s or 5m, found the number 60; add a unit, such as s or m"
            ]),
        SpecCase(
            "too much time for an installation", spec("{iso: cd, timeout: 2d}"),
            gives: [
                "f:3:45: error: install.timeout: expected a time such as 30s or 5m, found \"2d\""
            ]),
        SpecCase(
            "answers that are a list", spec("{iso: cd, answers: [a, b]}"),
            gives: [
                "f:3:45: error: install.answers: expected text, found a list"
            ]),
        SpecCase(
            "answers in place", spec("{iso: cd, answers: {root: secret}}"),
            gives: [
                "f:3:45: error: install.answers: expected text, found a map"
            ]),
        SpecCase(
            "a key of an installation that is none", spec("{iso: cd, answer: a.ks}"),
            gives: [
                "f:3:36: error: unknown key \"answer\" in an installation; did you mean \"answers\"?"
            ]),
        SpecCase(
            "an installation and an image", spec("{iso: cd}", ", image: other"),
            gives: [
                "f:3:44: error: an instance that is installed from a CD has no image; remove image:, also from its profiles, or remove install:",
                "f:3:44: error: there is no image \"other\"; there are cd, debian",
            ]),
        SpecCase(
            "an installation and its CD as image", spec("{iso: cd}", ", image: cd"),
            gives: []),
        SpecCase(
            "an installation that follows another CD", spec("{iso: cd}", ", imageChange: replace"),
            gives: [
                "f:3:50: error: an instance that is installed from a CD is not installed again for another CD; remove imageChange; to install it anew, remove the instance, apply, and add it again"
            ]),
        SpecCase(
            "a CD as the disk of another instance", spec("{iso: cd}", ", flavor: small}, b: {image: cd"),
            gives: [
                "f:3:64: error: the image \"cd\" is the CD from which \"a\" is installed, and no disk; write install: {iso: cd} here as well, or name another image"
            ]),
    ]
}

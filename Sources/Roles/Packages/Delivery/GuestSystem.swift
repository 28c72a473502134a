import Spec

/// What a guest is, as far as it decides which system packages fit it, and which of some it lacks.
struct GuestSystem: Sendable, Equatable {
    var family = "unknown"
    /// Of the packages that were asked for, and never another one.
    var missing: [String] = []
    /// In the words of its own os-release, such as `debian` and `bookworm`; empty where it does not say.
    var distribution = ""
    var release = ""
    /// In dpkg's words, its own first.
    var architectures: [String] = []
    /// What is installed, compressed and in lines of base64.
    var status = ""

    /// Reads what the guest said, which may be anything; lines that say nothing known are passed over.
    ///
    /// - Parameter packages: those that it was asked for.
    init(reading output: String, askedFor packages: [String]) {
        var lines = output.split(separator: "\n")[...]
        var said: Set<String> = []
        var own: String?
        var foreign: [String] = []
        defer {
            missing = packages.filter(said.contains)
            // Without its own there is none.
            architectures = own.map { own in [own] + foreign.filter { $0 != own } } ?? []
        }
        while let line = lines.popFirst() {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            if words == ["status"] {
                status = lines.filter { $0.utf8.allSatisfy(Self.isBase64) }.map { $0 + "\n" }.joined()
                return
            }
            guard words.count == 2, !words[1].isEmpty, words[1].utf8.count <= 200,
                words[1].utf8.allSatisfy(Self.isOfName)
            else { continue }
            switch words[0] {
            case "family": family = words[1]
            case "missing": said.insert(words[1])
            case "distribution": distribution = words[1]
            case "release": release = words[1]
            case "architecture" where Self.knownArchitectures.contains(words[1]): own = words[1]
            case "foreign" where foreign.count < Self.mostForeign && !foreign.contains(words[1]):
                if Self.knownArchitectures.contains(words[1]) { foreign.append(words[1]) }
            default: break
            }
        }
    }

    /// Those of Debian and Ubuntu: lists of packages are fetched for each that a guest names.
    private static let knownArchitectures: Set = [
        "amd64", "arm64", "armel", "armhf", "i386", "loong64", "mips64el", "mipsel", "ppc64el", "riscv64", "s390x",
    ]
    private static let mostForeign = 2

    /// Small letters, digits, and what names of packages and releases have beside.
    private static func isOfName(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || "+-.:".utf8.contains(byte)
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
            || "+/=".utf8.contains(byte)
    }
}

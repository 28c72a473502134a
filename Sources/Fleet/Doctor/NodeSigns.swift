import Spec

/// What a node tells a doctor, read by one script that changes nothing.
struct NodeSigns: Sendable, Equatable {
    /// How long a name took, and whether it was found.
    struct Resolution: Sendable, Equatable {
        var isFound: Bool
        var seconds: Double
    }

    /// A pool's folder.
    struct Folder: Sendable, Equatable {
        var exists = false
        var mountPoint = ""
        var available: UInt64?
        var access = FolderAccess()
    }

    var architecture = ""
    var hostname = ""
    var machine = ""
    /// Seconds since 1970 by the node's clock.
    var time: Double?
    var missing: Set<String> = []
    /// What installs programs there, such as `apt-get`.
    var packageManager: String?
    var hasKVMDevice = false
    var hasVirtualization = false
    /// Whether guests may have guests; nil where the node does not say.
    var isNested: Bool?
    /// Effective settings of sshd, in lower case; empty where they cannot be read.
    var sshd: [String: String] = [:]
    var names: [String: Resolution] = [:]
    var folders: [Folder] = []

    init() {}

    init(reading text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1).map { String($0) }
            guard words.count == 2 else { continue }
            take(words[0], PlainText.line(words[1]))
        }
    }

    mutating func take(_ word: String, _ value: String) {
        switch word {
        case "time": time = Double(value) ?? value.split(separator: ".").first.flatMap { Double($0) }
        case "architecture": architecture = value
        case "hostname": hostname = value
        case "machine": machine = value
        case "missing": missing.insert(value)
        case "manager": packageManager = value
        case "kvm-device": hasKVMDevice = true
        case "virtualization": hasVirtualization = true
        case "nested": isNested = NodeFacts.isOn(value)
        case "sshd":
            let parts = value.split(separator: " ", maxSplits: 1).map { String($0) }
            if parts.count == 2 { sshd[parts[0]] = parts[1] }
        case "name":
            let parts = value.split(separator: " ").map { String($0) }
            guard parts.count == 4, let from = Double(parts[1]), let to = Double(parts[2]) else { return }
            names[parts[3]] = Resolution(isFound: parts[0] == "0", seconds: to - from)
        case "folder", "mount", "room", "access": takeFolder(word, value)
        default: break
        }
    }

    private mutating func takeFolder(_ word: String, _ value: String) {
        var parts = value.split(separator: " ", maxSplits: word == "access" ? 2 : 1).map { String($0) }
        let about = word == "access" ? parts.removeFirst() : word
        guard let number = parts.first.flatMap({ Int($0) }), (0..<256).contains(number) else { return }
        while folders.count <= number { folders.append(Folder()) }
        let rest = parts.count > 1 ? parts[1] : ""
        switch word {
        case "folder": folders[number].exists = rest == "yes"
        case "mount": folders[number].mountPoint = rest
        case "room":
            let numbers = rest.split(separator: " ").compactMap { UInt64($0) }
            guard numbers.count == 2 else { return }
            folders[number].available = numbers[0].multipliedReportingOverflow(by: numbers[1]).partialValue
        default: folders[number].access.take(about, rest)
        }
    }
}

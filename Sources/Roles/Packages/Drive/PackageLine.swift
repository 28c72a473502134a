import Fleet
import Reconciler
import Spec

/// A line of what a guest says of one role.
struct PackageLine {
    let key: String
    let value: String

    private var words: [String] { value.split(separator: " ").map(String.init) }

    /// Adds what the line says; what cannot be is passed over.
    func note(in seen: inout ObservedPackage) {
        switch key {
        case "package" where words.count == 1: seen.package = Name(value)
        case "package": notePackage(in: &seen)
        case "digest": seen.digest = PackageReading.digest(value) ?? ""
        case "attempt": seen.attempt = number(value) ?? 0
        case "highest": seen.highest = number(value) ?? 0
        case "address": seen.address = IPv4Address(value)
        case "since": seen.since = UInt64(value)
        case "hooks":
            seen.hooks = Set(value.split(separator: ",").prefix(20).map { PackageReading.word($0, 20) })
        case "first": seen.isFirst = value == "yes"
        case "inputs": if value.utf8.count <= PackageReading.longestInputs { seen.inputs = value }
        case "same", "other": noteSecret(in: &seen.secrets)
        case "file": noteFile(in: &seen)
        case "unit": noteUnit(in: &seen)
        case "port": notePort(in: &seen)
        case "output": noteOutput(in: &seen)
        case "check": noteCheck(in: &seen)
        case "drained":
            if let name = words.first, seen.drained.count < PackageReading.most {
                seen.drained.insert(PackageReading.word(name))
            }
        case "left":
            if isPath(value), seen.leftovers.count < PackageReading.most { seen.leftovers.append(value) }
        default: noteAttempt(in: &seen)
        }
    }

    /// What is said of attempts that are not committed.
    private func noteAttempt(in seen: inout ObservedPackage) {
        switch key {
        case "trying":
            guard let attempt else { return }
            seen.trying = attempt
            seen.phase = words.count > 3 ? PackageReading.word(words[3], 20) : ""
        case "failed":
            guard let attempt else { return }
            seen.failure = .init(attempt: attempt, time: words.count > 3 ? UInt64(words[3]) : nil)
        case "because":
            guard let count = seen.failure?.reason.count, count < 20 else { return }
            seen.failure?.reason.append(PackageReading.word(value, 500))
        case "failed-same", "failed-other":
            guard var failure = seen.failure else { return }
            noteSecret(in: &failure.secrets)
            seen.failure = failure
        default: break
        }
    }

    private var attempt: ObservedPackage.Attempt? {
        guard words.count >= 3, let number = number(words[0]) else { return nil }
        return .init(
            number: number, digest: PackageReading.digest(words[1]) ?? "",
            target: PackageReading.digest(words[2]) ?? "")
    }

    private func noteSecret(in secrets: inout [String: Bool]) {
        guard secrets.count < PackageReading.most, words.count == 1 else { return }
        secrets[PackageReading.word(value)] = key.hasSuffix("same")
    }

    private func noteFile(in seen: inout ObservedPackage) {
        let words = words
        guard words.count >= 2, isPath(words[0]),
            seen.files[words[0]] != nil || seen.files.count < PackageReading.mostFiles
        else { return }
        let drift: ObservedPackage.FileDrift? =
            switch words[1] {
            case "edited": .edited
            case "gone": .gone
            case "link": .link
            case "folder": .folder
            case "back": .back
            case "mode" where words.count > 2: .mode(PackageReading.word(words[2], 10))
            case "owner" where words.count > 2: .owner(PackageReading.word(words[2], 100))
            default: nil
            }
        // What says nothing known is not said to be right.
        guard drift != nil || words[1] == "ok" else { return }
        var drifts = seen.files[words[0]] ?? []
        if let drift, drifts.count < 5 { drifts.append(drift) }
        seen.files[words[0]] = drifts
    }

    private func noteUnit(in seen: inout ObservedPackage) {
        guard words.count == 3, seen.services.count < PackageReading.most else { return }
        seen.services[PackageReading.word(words[0])] = .init(
            active: PackageReading.word(words[1], 40), enabled: PackageReading.word(words[2], 40))
    }

    private func notePackage(in seen: inout ObservedPackage) {
        guard words.count == 2, seen.packages.count < PackageReading.most else { return }
        guard ["yes", "no"].contains(words[1]) else {
            seen.hasUnreadPackages = true
            return
        }
        seen.packages[PackageReading.word(words[0])] = words[1] == "yes"
    }

    private func notePort(in seen: inout ObservedPackage) {
        guard words.count == 2, seen.ports.count < PackageReading.most else { return }
        let shut = words[1].hasPrefix("closed:") ? PackageReading.word(words[1].dropFirst(7), 40) : nil
        seen.ports.updateValue(shut, forKey: PackageReading.word(words[0], 20))
    }

    private func noteOutput(in seen: inout ObservedPackage) {
        let parts = value.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, !parts[0].isEmpty, seen.outputs.count < PackageReading.most else { return }
        let name = PackageReading.word(parts[0])
        switch parts[1] {
        case "plain" where parts[2].utf8.count <= PackageReading.longestOutput:
            seen.outputs[name] = .plain(PlainText.line(parts[2]))
        case "secret" where PackageReading.isHexadecimal(parts[2], 16):
            seen.outputs[name] = .secret(id: parts[2])
        default: break
        }
    }

    private func noteCheck(in seen: inout ObservedPackage) {
        let parts = value.split(separator: " ", maxSplits: 1).map(String.init)
        guard let code = parts.first, code != "0" else { return }
        // Its time was over (timeout of coreutils, and of BusyBox): nobody knows what it would have said.
        guard !["124", "137", "143"].contains(code) else {
            seen.hasHungCheck = true
            return
        }
        let said = parts.count > 1 ? PackageReading.word(parts[1], 500) : ""
        seen.complaint = said.isEmpty ? "its check ended with status \(PackageReading.word(code, 10))" : said
    }

    private func number(_ text: String) -> Int? { PackageReading.number(text) }

    private func isPath(_ text: String) -> Bool {
        text.hasPrefix("/") && text.utf8.count <= GuestPath.longest && text.unicodeScalars.allSatisfy(GuestPath.isPlain)
    }
}

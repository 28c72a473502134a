import Formats
import Reconciler
import Spec

/// Something that a guest has otherwise than a role wants it.
struct PackageDifference: Sendable, Equatable {
    /// Below the role; nil for the role itself.
    var path: String?
    var old: String?
    var new: String?
    var origin = FieldChange.Origin.edit
    /// The input that the spec says it with; empty for the role itself.
    var key = ""

    /// Everything that differs; empty where there is nothing to do.
    ///
    /// - Parameter address: the guest's own; nil where none is known now, and so is nothing of a change of it.
    static func all(
        _ inputs: PackageInputs, _ seen: ObservedPackage?, at address: IPv4Address?
    ) -> [PackageDifference] {
        let package = inputs.role.package
        guard let seen, let old = seen.package else { return [.init(new: package.name.text)] }
        guard old == package.name else { return [.init(old: old.text, new: package.name.text)] }
        // What was begun and not ended is gone on with.
        guard !package.isDoneOnce else { return leftovers(seen) }
        return edits(inputs, seen) + moved(package, seen, to: address) + drift(inputs, seen) + leftovers(seen)
    }

    private static func edits(_ inputs: PackageInputs, _ seen: ObservedPackage) -> [PackageDifference] {
        var found: [PackageDifference] = []
        let digest = PackageDigest.package(inputs.role.package.bytes)
        if digest != seen.digest {
            let place = inputs.role.package.hidingFolder.map { " of \($0)" } ?? ""
            found.append(
                .init(path: "package", old: String(seen.digest.prefix(8)), new: digest.prefix(8) + place))
        }
        // Text first: it is compared as the guest has it.
        let remembered = inputs.remembered
        let before = inputs.text == seen.inputs ? remembered : StructuredValue.inputs(seen.inputs)
        for name in Set(remembered.keys).union(before.keys).sorted() {
            let (old, new) = InputWords.change(before[name], remembered[name])
            if inputs.isPending(name), let instance = inputs.awaited(by: name) {
                found.append(.init(path: name, old: old, new: "from \(instance), after it is ready", key: name))
            } else if before[name] != remembered[name] {
                found.append(.init(path: name, old: old, new: new, key: name))
            } else if seen.secrets[name] == false {
                found.append(.init(path: name, old: "a secret", new: "another secret", key: name))
            }
        }
        if found.isEmpty, inputs.text != seen.inputs {
            found.append(.init(path: "inputs", old: "not readable", new: "as the spec has them"))
        }
        return found
    }

    /// Another address of the guest, where the role was made with the old one.
    private static func moved(
        _ package: RolePackage, _ seen: ObservedPackage, to address: IPv4Address?
    ) -> [PackageDifference] {
        guard let old = seen.address, let address, old != address, package.uses(.address) else { return [] }
        return [.init(path: "address", old: old.description, new: address.description)]
    }

    /// What is not as an earlier apply left it.
    static func drift(_ inputs: PackageInputs, _ seen: ObservedPackage) -> [PackageDifference] {
        let files = seen.files.sorted { $0.key < $1.key }.flatMap { path, drifts in drifts.map { file(path, $0) } }
        let services = inputs.role.package.services.compactMap { service in
            seen.services[service.unit].flatMap { self.service(service, $0) }
        }
        let packages = seen.packages.filter { !$0.value }.keys.sorted().map {
            PackageDifference(path: "packages.\($0)", old: "not installed", new: "installed", origin: .drift)
        }
        let ports = seen.ports.sorted { $0.key < $1.key }.compactMap { port, firewall in
            firewall.map {
                PackageDifference(path: "ports.\(port)", old: "closed by \($0)", new: "open", origin: .drift)
            }
        }
        let check = seen.complaint.map {
            PackageDifference(path: "check", old: $0, new: "right", origin: .drift)
        }
        return files + services + packages + ports + [check].compactMap(\.self)
    }

    private static func file(_ path: String, _ drift: ObservedPackage.FileDrift) -> PackageDifference {
        switch drift {
        case .edited: .init(path: path, old: "edited", new: "as placed", origin: .drift)
        case .gone: .init(path: path, old: "gone", new: "as placed", origin: .drift)
        case .link: .init(path: path, old: "a link", new: "as placed", origin: .drift)
        case .folder: .init(path: path, old: "a folder", new: "as placed", origin: .drift)
        case .back: .init(path: path, old: "is back", new: "moved away", origin: .drift)
        case .mode(let mode): .init(path: "\(path).mode", old: mode, new: "as placed", origin: .drift)
        case .owner(let owner): .init(path: "\(path).owner", old: owner, new: "as placed", origin: .drift)
        }
    }

    /// A service that does not run, or does not start with its guest, as it should.
    private static func service(
        _ wanted: PackageService, _ seen: ObservedPackage.Service
    ) -> PackageDifference? {
        let path = "services.\(wanted.unit)"
        guard wanted.isRunning else {
            if ["active", "activating", "reloading"].contains(seen.active) {
                return .init(path: path, old: "running", new: "stopped", origin: .drift)
            }
            return seen.enabled == "enabled"
                ? .init(path: path, old: "enabled", new: "disabled", origin: .drift) : nil
        }
        if !["active", "reloading"].contains(seen.active) {
            let old = seen.enabled == "masked" ? "masked" : seen.active == "inactive" ? "stopped" : seen.active
            return .init(path: path, old: old, new: "running", origin: .drift)
        }
        let isEnabled =
            seen.enabled.hasPrefix("enabled")
            || ["static", "generated", "alias", "indirect"].contains(seen.enabled)
        guard wanted.isEnabled, !isEnabled else { return nil }
        return .init(
            path: path, old: seen.enabled == "-" ? "not enabled" : seen.enabled, new: "enabled", origin: .drift)
    }

    /// What a run that was cut off left.
    private static func leftovers(_ seen: ObservedPackage) -> [PackageDifference] {
        let attempt = seen.trying.map { _ in PackageDifference(path: "attempt", old: "not verified", new: "verified") }
        return [attempt].compactMap(\.self)
            + seen.leftovers.map { .init(path: $0, old: "left by a run that was killed", origin: .drift) }
    }
}

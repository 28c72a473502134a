import Formats
package import Spec
import YAML

/// The spec that a package is tried with: an instance `test` that has the role, and those that its fixture has beside it.
package struct RoleTestSpec: Sendable {
    /// Where its instances are made.
    package struct Place: Sendable, Equatable {
        /// The node's name, address and login.
        package var node: String
        package var address: String
        package var user: String
        /// The first three numbers of the addresses on the node's bridge, such as `10.77.0`.
        package var subnet: String
        /// The public key that guests let in.
        package var key: String

        package init(node: String, address: String, user: String, subnet: String, key: String) {
            self.node = node
            self.address = address
            self.user = user
            self.subnet = subnet
            self.key = key
        }
    }

    /// The file of a package that says what it needs to be tried: `inputs` of the role, and `instances` beside it.
    package static let fixture = "fixture.yaml"
    /// The name that the spec has in messages; it is in the current folder, beside whose packages it is.
    package static let file = "role-test.yaml"
    package static let instance = "test"

    private let package: RolePackage
    private let place: Place
    private let memory: String
    /// By the inputs' names, in YAML; what begins with a line break stands below its key.
    private var inputs: [String: String] = [:]
    /// By the instances' names, in YAML.
    private var others: [(name: String, text: String)] = []

    /// - Parameters:
    ///   - given: inputs that somebody gives, in YAML; they go before those of the fixture.
    ///   - fixture: the package's own, if it has one.
    package init(
        _ package: RolePackage, at place: Place, memory: String, given: [String: String], fixture: PackageFixtureFile?
    ) throws(RunFailure) {
        self.package = package
        self.place = place
        self.memory = memory
        for input in package.inputs where input.isRequired { inputs[input.name] = input.example }
        if let fixture { try add(fixture) }
        inputs.merge(given) { _, given in given }
    }

    private mutating func add(_ fixture: PackageFixtureFile) throws(RunFailure) {
        let document = Document(reading: fixture.bytes, file: fixture.file)
        if let error = document.errors.first {
            throw RunFailure(Diagnostic(error).description, remedy: nil, .specInvalid)
        }
        guard let root = document.root?.mapping else {
            throw RunFailure("\(fixture.file): expected a map with inputs and instances", remedy: nil, .specInvalid)
        }
        for entry in root.entries {
            guard ["inputs", "instances"].contains(entry.key), let values = entry.value.mapping else {
                throw RunFailure(
                    "\(entry.keyMark): expected inputs or instances, and a map below", remedy: nil, .specInvalid)
            }
            for value in values.entries {
                let text = try RoleTestSpec.text(value.value)
                if entry.key == "instances" {
                    others.append((value.key, text))
                } else {
                    inputs[value.key] = value.value.scalar == nil ? "\n" + text : text
                }
            }
        }
    }

    private static func text(_ node: YAML.Node) throws(RunFailure) -> String {
        do throws(EmitterError) { return try Emitter.text(node) } catch {
            throw RunFailure("\(error)", remedy: nil, .specInvalid)
        }
    }

    /// The spec's text.
    ///
    /// - Parameter image: the path of the image that guests boot from.
    package func text(image: String) -> String {
        func quoted(_ text: String) -> String { StructuredValue.text(text).jsonLine }
        let entries = inputs.sorted { $0.key < $1.key }.map { Self.entry($0, $1, 10) }
        let role = entries.isEmpty ? " {}\n" : "\n" + entries.joined()
        let instances = others.map { name, text in
            "  \(name):\n    profiles: [base]\n" + Self.indented(text, 4)
        }
        return """
            apiVersion: kvmctl/v1
            cluster: role-test
            nodes:
              \(place.node): {address: \(quoted(place.address)), user: \(quoted(place.user))}
            images:
              guest: {source: \(quoted(image))}
            networks:
              lan:
                mode: bridge
                bridge: br0
                cidr: \(place.subnet).0/24
                gateway: \(place.subnet).1
                addresses: {from: \(place.subnet).190, to: \(place.subnet).199}
                dhcp: none
            profiles:
              base:
                image: guest
                vcpus: 1
                memory: \(memory)
                disk: 5GiB
                networks: [lan]
                access: {user: debian, sshKeys: [\(quoted(place.key))]}
                ready: {when: agent, timeout: 15m}
            instances:
              \(Self.instance):
                profiles: [base]
                roles:
                  \(package.name):
                    \(package.name):\(role)
            """ + instances.joined()
    }

    /// A key and its value, in so many spaces.
    private static func entry(_ key: String, _ text: String, _ depth: Int) -> String {
        let start = String(repeating: " ", count: depth) + key + ":"
        if text.hasPrefix("\n") { return start + "\n" + indented(String(text.dropFirst()), depth + 2) }
        // A text of several lines goes on deeper than its key.
        let lines = indented(text, depth + 2)
        return "\(start) \(lines.drop { $0 == " " })"
    }

    private static func indented(_ text: String, _ depth: Int) -> String {
        let start = String(repeating: " ", count: depth)
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : start + $0 }
            .joined(separator: "\n") + (text.hasSuffix("\n") ? "" : "\n")
    }
}

/// A fixture as it was read.
package struct PackageFixtureFile: Sendable {
    let file: String
    let bytes: [UInt8]

    /// That of a package; nil where it has none.
    package init?(of source: PackageSource) {
        guard let bytes = source.files[RoleTestSpec.fixture] else { return nil }
        self.bytes = bytes
        file = "\(source.folder)/\(RoleTestSpec.fixture)"
    }
}

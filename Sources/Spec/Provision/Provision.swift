/// What is done in an instance's guest by its own spec: a script, files, or a playbook of Ansible.
///
/// It is a role of a package that nobody else has, and is applied, compared and rolled back as such.
package struct Provision: Sendable {
    /// When it is done again.
    package enum Run: String, Sendable, CaseIterable {
        case onChange
        /// Never: what was done is right for good.
        case once
    }

    /// The script's path as the current folder sees it.
    package var script: String?
    /// The playbook's path as the current folder sees it.
    package var playbook: String?
    var files: [PackageEntry<ProvisionFile>] = []
    /// What the script or `ansible-playbook` finds in its environment.
    package var environment: [String: InputValue] = [:]
    package var run = Run.onChange
    package var timeout = Provision.defaultTimeout
    var outputs: [PackageEntry<ProvisionOutput>] = []
    /// The same as a role.
    package var role: PackageRole

    /// How long a script or a playbook may take, where a spec does not say it.
    static let defaultTimeout = Duration.seconds(1_800)
}

extension Provision: Equatable {
    /// Whether the same is meant, wherever it is written.
    package static func == (one: Provision, other: Provision) -> Bool {
        func isSame(_ files: [PackageEntry<ProvisionFile>], _ others: [PackageEntry<ProvisionFile>]) -> Bool {
            files.map(\.name) == others.map(\.name) && files.map(\.value) == others.map(\.value)
        }
        func isSame(_ outputs: [PackageEntry<ProvisionOutput>], _ others: [PackageEntry<ProvisionOutput>]) -> Bool {
            outputs.map(\.name) == others.map(\.name) && outputs.map(\.value) == others.map(\.value)
        }
        return one.script == other.script && one.playbook == other.playbook && isSame(one.files, other.files)
            && one.environment == other.environment && one.run == other.run && one.timeout == other.timeout
            && isSame(one.outputs, other.outputs) && one.role == other.role
    }
}

/// A file that is placed in the guest before the script runs.
package struct ProvisionFile: Sendable {
    /// Where its content is.
    enum Content: Sendable, Hashable {
        /// A file of this machine, by its path as the current folder sees it.
        case source(String)
        /// The same, into which values are put.
        case template(String)
        /// The text itself, into which values are put.
        case content(String)
    }

    let content: Content
    /// Nil where the mode follows from the content.
    let mode: String?
    let owner: String
    let check: String?
    /// What it holds; nil where that could not be read.
    let bytes: [UInt8]?
    /// Where the content and the mode are written.
    let marks: (content: Position, mode: Position)
}

extension ProvisionFile: Equatable {
    package static func == (one: ProvisionFile, other: ProvisionFile) -> Bool {
        one.content == other.content && one.mode == other.mode && one.owner == other.owner && one.check == other.check
            && one.bytes == other.bytes
    }
}

/// Something that the script tells others.
package struct ProvisionOutput: Sendable, Equatable {
    let isSecret: Bool
    let summary: String
}

import YAML

/// One field of an instance: where it stands in the spec, where it is kept, and what a change of it does.
///
/// Decoding, profiles and flavors, the schema, the reference, rendering, the mark's record, comparing and editing all
/// go by these declarations.
package struct InstanceField: Sendable {
    /// A change of an instance that was read from a spec.
    typealias Change = @Sendable (inout Instance) -> Void

    /// What a change of the field does.
    package enum Effect: Sendable, Hashable {
        /// Nothing to the machine: it says how kvmctl treats it.
        case policy
        /// Where the machine runs.
        case placement
        /// The mark remembers it, for people and for later runs; the machine does not know it.
        case noted
        /// It is set at once, whether the machine runs or not.
        case setting
        /// A running guest gets it where it has room for it, any other with its next boot.
        case amount
        /// The definition has it, and the machine from its next boot on.
        case boot
        /// It is plugged in and out, grown and moved.
        case device
        /// cloud-init takes it from the seed at a first boot; `onChange` says what a later change does.
        case firstBoot
        /// The root disk is made anew.
        case replace
        /// It is done in the guest while that runs.
        case guest
    }

    /// How the mark remembers the value that was last applied.
    package enum Record: Sendable {
        /// Not at all.
        case never
        /// As a text; nil where there is nothing to remember.
        case text(@Sendable (Instance) -> String?)
        /// As the planner says, which alone knows more than the spec.
        case resolved(Resolved)
    }

    /// Fields whose record needs the content of files, or has several paths.
    package enum Resolved: Sendable, Hashable, CaseIterable {
        case image, nics, disks, sshKeys, cloudInit, roles, labels
    }

    /// What tells a field's present value.
    package enum Observation: Sendable, Hashable {
        /// The machine that runs, or the definition where none does.
        case vcpus, memory
        case autostart
        /// The definition, by the field's path.
        case definition
        /// The mark, apart from what was applied.
        case protection, baseImage
    }

    /// What a running machine has of a field of its definition.
    package enum Running: Sendable, Hashable {
        case asDefined
        /// The same where the definition names a value; else what the node found at the start.
        case unlessLeftToNode
        /// What the node found at the start, whatever the definition says.
        case asFound
    }

    /// Where it stands below its instance, such as `memory` or `hardware.cpu`.
    package let path: String
    /// The fields of a field that is a map of them; empty for a field with a value of its own.
    package let parts: [InstanceField]
    /// What a change of it does; a map of fields has no effect of its own.
    package let effect: Effect
    package let record: Record
    /// Whether `ignore` can leave it to others.
    package let isIgnorable: Bool
    /// Whether marks of older versions do not have it, though the machine has: then its absence is no difference.
    package let isNewInMarks: Bool
    /// Whether only an instance has it that kvmctl made, not one that it adopted.
    package let isOfMadeOnly: Bool
    /// What tells its present value; nil where nothing but the mark does.
    package let observation: Observation?
    /// The word by which a definition leaves it to the node: a machine that is defined so runs as something else.
    package let nodesWord: String?
    /// What the running machine has of it.
    package let running: Running
    /// What to write for it where an instance without it is an error; nil where there is a default.
    let mustBe: String?
    let key: any KeyDescription
    /// Reads it from its map; nil where it is not given, or wrong.
    let read: @Sendable (MapReader) -> Change?
    /// What a rendered spec says of it.
    let write: @Sendable (Instance) -> WrittenKey
    /// The same field of a flavor; nil where flavors do not have it.
    let flavor: FlavorField?
    /// What must be true of it in a spec as a whole.
    let rules: [Rule]
}

/// A field that an instance may have from its flavor.
struct FlavorField: Sendable {
    let read: @Sendable (MapReader, inout Flavor) -> Void
    let write: @Sendable (Flavor) -> WrittenKey
    /// Gives an instance what the flavor says; nil where it says nothing.
    let change: @Sendable (Flavor) -> InstanceField.Change?
}

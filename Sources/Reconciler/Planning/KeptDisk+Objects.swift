import Spec

extension Roster.KeptDisk {
    /// The disk, and the instance that it was of.
    var objects: [ObjectReference] {
        [ObjectReference(.disk, "\(instance).\(disk)", on: node), .instance(instance, on: node)]
    }
}

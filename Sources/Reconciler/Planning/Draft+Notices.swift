import Spec

extension Draft {
    /// Says something that is worth knowing and needs no action.
    mutating func note(about objects: [ObjectReference], _ text: String) {
        notices.append(Plan.Notice(text, about: objects))
    }
}

extension Roster.KeptDisk {
    /// The disk, and the instance that it was of.
    var objects: [ObjectReference] {
        [ObjectReference(.disk, "\(instance).\(disk)", on: node), .instance(instance, on: node)]
    }
}

/// What goes wrong, and at which of a run's steps, counted from 0.
struct Fault: Sendable, Hashable {
    enum Kind: String, Sendable, CaseIterable {
        /// Nothing happens, and the step fails.
        case failed
        /// All of it happens, but the answer is lost.
        case failedAfterEffect
        /// Of what takes several calls only the first is made.
        case failedMidway
        case nodeLost
        case nodeLostAfterEffect
        /// kvmctl itself ends: no step after this one happens, on any node.
        case killed
        case killedAfterEffect
        case killedMidway

        var hasEffect: Bool { self != .failed && self != .nodeLost && self != .killed }
        var isMidway: Bool { self == .failedMidway || self == .killedMidway }
    }

    var kind: Kind
    var step: Int
}

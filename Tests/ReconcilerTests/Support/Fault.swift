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
        /// A migration fails when all but its end is done: the destination has a stopped definition that will stay, and
        /// the source goes on. Other steps just fail.
        case failedLast
        case killedLast
        /// kvmctl ends when libvirt has paused the source of a migration and waits for the word to run it at the
        /// destination, which drops its half. Before other steps it just ends.
        case killedAtHandover

        var hasEffect: Bool {
            switch self {
            case .failed, .nodeLost, .killed, .failedLast, .killedLast, .killedAtHandover: false
            case .failedAfterEffect, .failedMidway, .nodeLostAfterEffect, .killedAfterEffect, .killedMidway: true
            }
        }
        var kills: Bool {
            switch self {
            case .killed, .killedAfterEffect, .killedMidway, .killedLast, .killedAtHandover: true
            case .failed, .failedAfterEffect, .failedMidway, .failedLast, .nodeLost, .nodeLostAfterEffect: false
            }
        }
        var isMidway: Bool { self == .failedMidway || self == .killedMidway }
    }

    var kind: Kind
    var step: Int
}

/// A risky change of an instance that is being tried, or that was tried and rolled back.
///
/// It is in the mark from before the snapshot is taken until nothing is left of it, so that whoever runs next knows how
/// far it came and which files belong to it.
package struct ChangeTrial: Sendable, Hashable {
    package enum Stage: String, Sendable, Hashable, CaseIterable {
        /// What was before is being kept, and nothing has changed yet.
        case begun
        /// The definition has the change, which is not verified yet.
        case made
        /// The disks come back to what they were, which is finished before anything else; only changes of roles have it.
        ///
        /// What was kept says `begun`, so that is what the mark says by itself once they are back.
        case goingBack = "going-back"
        /// It was verified, and what was kept may go.
        case verified = "proved"
        /// It failed, and everything is as it was; it is not tried again by itself.
        case rolledBack = "taken-back"
    }

    /// The libvirt snapshot that holds what was before.
    package static let snapshot = "kvmctl-before-change"
    /// The one that holds what was before roles changed.
    ///
    /// Their targets are the roles' names, each with what tells the role as the spec had it. That a role failed is not in
    /// the mark: its guest is told once its disks are back.
    package static let roleSnapshot = "kvmctl-before-roles"
    /// Those that kvmctl takes and removes by itself.
    package static let snapshots: Set = [snapshot, roleSnapshot]

    package var stage: Stage
    /// What was to be, by field path, as the mark remembers values.
    package var target: [String: String]
    /// The files from before by disk name, where others take their place: `root`, `seed`.
    package var oldFiles: [String: String] = [:]
    /// The files that take their place.
    package var newFiles: [String: String] = [:]
    /// When it was rolled back, as a date of UTC.
    package var rolledBackAt: String?
    /// Why it was rolled back.
    package var reason: String?

    package init(stage: Stage, target: [String: String]) {
        self.stage = stage
        self.target = target
    }

    /// Every file that belongs to it, the domain's own among them.
    package var files: Set<String> { Set(oldFiles.values).union(newFiles.values) }

    /// What it is about: field paths, or roles.
    private var what: String { target.keys.sorted().joined(separator: ", ") }

    /// What came of it, for people; nil while it is open.
    package var words: String? {
        guard stage == .rolledBack else { return nil }
        return "a change of \(what) was rolled back at \(rolledBackAt ?? "an unknown time")"
            + (reason.map { ", because \($0)" } ?? "")
    }

    /// Whether nothing of the domain may be changed in another risky way before this has come to an end.
    package var isOpen: Bool { stage != .rolledBack }
}

extension ObservedDomain {
    /// The files of its trial that it does not use: from before, or meant to come.
    package var spareFiles: [String] {
        guard let files = mark?.trial?.files else { return [] }
        return files.subtracting(disks.map(\.path)).sorted()
    }

    /// Whether a trial has left something that nobody needs: its snapshot, files, or the word that it is under way.
    package var hasTrialToClear: Bool {
        switch mark?.trial?.stage {
        case nil, .made, .goingBack: false
        case .begun, .verified: true
        case .rolledBack: hasTrialSnapshot || !(mark?.trial?.files.isEmpty ?? true)
        }
    }

    /// Whether libvirt keeps what was before its trial.
    package var hasTrialSnapshot: Bool { snapshots.contains { $0.name == ChangeTrial.snapshot } }
}

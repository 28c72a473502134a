package import Reconciler
import Spec

extension Files: RoleKind {
    package typealias Observed = ObservedFiles
    package typealias Action = FilesAction
    /// Nothing outside the guest has to be asked.
    package struct Answers: Sendable, Equatable {}

    package static var noAnswers: Answers { Answers() }

    package static var words: RoleWords {
        RoleWords(step: "files", subject: "the content of its files") { "the content of the files of \($0)" }
    }

    /// A path that another role wants goes over to that role with what was there before.
    package static var handsOver: Bool { true }

    package static func inputs(_ files: [String: PlacedFile]) -> [RoleInput] {
        files.sorted { $0.key < $1.key }.flatMap { path, file -> [RoleInput] in
            [
                file.source.map { .file($0, key: "\(path).source") }, file.secret.map { .secret($0) },
            ].compactMap(\.self)
        }
    }

    package static func guest(_ files: [String: PlacedFile]) -> GuestRequirements {
        GuestRequirements(needsChannel: true)
    }

    /// Only what the spec wants is written, and only what was put there is removed.
    package static func check(_ action: FilesAction, _ evidence: RoleEvidence<Files>) -> [String] {
        guard case .place(let placement) = action else {
            return evidence.wanted == nil ? [] : ["the spec still wants its files"]
        }
        guard let wanted = evidence.wanted, wanted == placement.wanted else { return ["the spec has no such role"] }
        let placed = Set(evidence.observed?.placed ?? [])
        return placement.writes.filter { wanted[$0] == nil }.map { "\($0) is not in the spec" }
            + placement.removes.filter { wanted[$0] != nil || !placed.contains($0) }.map {
                "\($0) was not written by kvmctl"
            }
    }
}

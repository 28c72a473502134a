package import Fleet
package import Reconciler
package import Spec

/// How files in guests are looked at and changed.
package enum FilesDriver: RoleDriver {
    package typealias Kind = Files

    package static func observe(
        _ wanted: [Name: [String: PlacedFile]], in guest: RoleGuest
    ) async throws -> [Name: ObservedFiles] {
        try await FilesGuest(guest).read(wanted, timeout: .seconds(20))
    }

    package static func perform(
        _ action: FilesAction, of role: Name, in guest: RoleGuest,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let files = FilesGuest(guest)
        switch action {
        case .place(let placement): return try await files.place(placement, of: role, report)
        case .remove: return try await files.removeAll(of: role, report)
        }
    }
}

import Fleet
import Reconciler
import Spec

extension PackageRun {
    /// Takes a member out of what the role sends work to, or puts it back.
    ///
    /// Whom it could not take out it puts back: nothing is done to that one then. What a killed run leaves is on record
    /// in the guest, and the next plan puts it back.
    func move(_ member: Member, out: Bool) async throws -> StepResult {
        report(.waiting(out ? "draining \(member.name)" : "putting \(member.name) back"))
        guard let failure = try await failure(of: member, out: out) else { return .done }
        if out, !failure.isRunning { _ = try? await self.failure(of: member, out: false) }
        throw StepProblem(
            failure.words,
            remedy: out
                ? "\(member.name) is left as it is. Look into \(guest.runner.name), and apply again." : "Apply again.")
    }

    /// Why a member could not be taken out or put back; nil where it was.
    private func failure(of member: Member, out: Bool) async throws -> PackageFailure? {
        do {
            try await guest.move(member.name, at: member.address, port: member.port, out: out)
            return nil
        } catch let failure as PackageFailure {
            return failure
        }
    }
}

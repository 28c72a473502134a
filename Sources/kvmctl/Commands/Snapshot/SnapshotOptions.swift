import ArgumentParser
import Engine
import Reconciler
import Spec

/// What the verbs that change snapshots have in common.
struct SnapshotOptions: ParsableArguments {
    @Argument(help: "The instance.")
    var instance: String
    @Argument(help: "The snapshot's name.")
    var snapshot: String
    @OptionGroup var lock: LockOptions
    @OptionGroup var log: LogOptions
    @OptionGroup var spec: SpecOptions
    @OptionGroup var appearance: AppearanceOptions

    func validate() throws {
        let isPlain = snapshot.unicodeScalars.allSatisfy {
            ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
                || "-_.".unicodeScalars.contains($0)
        }
        guard isPlain, !snapshot.isEmpty, !snapshot.hasPrefix("-"), !snapshot.hasPrefix("."), snapshot.count <= 63
        else {
            throw ValidationError("a snapshot's name has up to 63 letters, digits, - _ and .")
        }
    }

    /// Refuses the name of the snapshot that apply takes and removes by itself.
    func refuseOwn(_ why: String) throws(InstanceRun.Problem) {
        guard ChangeTrial.snapshots.contains(snapshot) else { return }
        throw InstanceRun.Problem(
            reason: "\(snapshot) \(why) before a risky change (snapshotBefore)", remedy: "Choose another name.")
    }

    /// The change of it.
    func change(in context: RunContext, question: String? = nil) -> InstanceChange {
        InstanceChange(instance: instance, spec: spec, lock: lock, log: log, context: context, question: question)
    }
}

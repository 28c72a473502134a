import ArgumentParser
import Engine
import Reconciler
import Spec

/// `kvmctl image prune`.
struct ImagePruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Deletes base images that nothing uses, and what is left of interrupted sendings.",
        discussion: """
            Images that instances of the spec use stay, and with keep: true those that none uses; so does what another \
            cluster's disks stand on or its spec keeps. With --all, an image goes that only the spec names and no disk \
            stands on.

            Example:
              kvmctl image prune -f cluster.yaml
            """)

    @Flag(name: .customLong("all"), help: "Delete also what instances of the spec will need and no disk stands on.")
    var isWhole = false
    @Flag(name: .customLong("auto-approve"), help: "Do not ask; needed where no terminal is.")
    var isApproved = false
    @OptionGroup var options: ImageOptions

    func run() async throws {
        try await run(in: .ofProcess(options.appearance))
    }

    /// Prunes with the given outputs and fleet.
    func run(in context: RunContext) async throws {
        let (cluster, inputs) = try await PreparedSpec.required(options.spec, reportsJSON: false, in: context)
        let isWhole = isWhole
        let wanted = inputs.images.filter { !isWhole || cluster.images[$0.key]?.isKept ?? false }
        let isApproved = isApproved
        let count = try await options.perform(
            cluster, needsAll: true, in: context,
            asking: { steps in
                for step in steps { context.say(Line("\(step.node): \(step.operation.words.item)")) }
                if isApproved { return true }
                return await context.ask("Type yes to go on: ")
            }
        ) { steps in
            for file in steps.unreadFiles {
                context.say(Line([Span("\(file) cannot be read, so nobody knows what is unused there.")], hang: 4))
            }
            return steps.prune(except: Set(wanted.values.map(\.fileName)))
        }
        if count == 0 { context.say(Line("Nothing is to be deleted.")) }
    }
}

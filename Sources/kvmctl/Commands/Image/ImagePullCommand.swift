import ArgumentParser
import Engine
import Reconciler
import Spec

/// `kvmctl image pull`.
struct ImagePullCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Brings images of the spec to nodes before an instance needs them.",
        discussion: """
            An image goes to the pools in which its instances have their root disks, or to the pool `local`. Nodes fetch \
            addresses themselves; files are sent from here, and a sending that was interrupted goes on where it ended.

            Examples:
              kvmctl image pull -f cluster.yaml
              kvmctl image pull debian-12 --node kvm3 -f cluster.yaml
            """)

    @Argument(help: "Images of the spec (default: all that instances use or the spec keeps).")
    var images: [String] = []
    @OptionGroup var options: ImageOptions

    func run() async throws {
        try await run(in: .ofProcess(options.appearance))
    }

    /// Pulls with the given outputs and fleet.
    func run(in context: RunContext) async throws {
        let (cluster, inputs) = try await PreparedSpec.required(options.spec, reportsJSON: false, in: context)
        var wanted = inputs.images
        if !images.isEmpty {
            let names = try images.map { try name(of: $0, in: cluster, inputs, context) }
            wanted = wanted.filter { names.contains($0.key) }
        }
        guard !wanted.isEmpty else { return context.say(Line("No instance uses an image, and the spec keeps none.")) }
        _ = try await options.perform(cluster, in: context) { steps in
            for line in steps.leftOut(wanted) { context.say(Line(line)) }
            return steps.bring(wanted)
        }
    }

    private func name(of image: String, in cluster: Cluster, _ inputs: Inputs, _ context: RunContext) throws -> Name {
        guard let name = Name(image), cluster.images[name] != nil else {
            let suggestions = Suggestions(cluster.images.keys.map(\.text), noun: "image")
            try context.fail(
                "no image \(Printable.escaped(image)) is in the spec", remedy: suggestions.remedy(for: image), .usage)
        }
        guard inputs.images[name] != nil else {
            try context.fail(
                "no instance uses the image \(name), so the next apply would delete it again",
                remedy: "to have it on the nodes all the same, write keep: true at images.\(name)", .refused)
        }
        return name
    }
}

import ArgumentParser
import Engine
import Reconciler
import Spec

/// `kvmctl image push`.
struct ImagePushCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Sends a file to nodes as an image of the spec.",
        discussion: """
            For nodes that cannot reach the address of an image: download it here, and push the file. It must be what the \
            spec's checksum promises, or the file that the spec names. A push that was interrupted goes on where it ended.

            Example:
              kvmctl image push ~/Downloads/debian-12-genericcloud-amd64.qcow2 -f cluster.yaml
            """)

    @Argument(help: "The file.")
    var file: String
    @OptionGroup var options: ImageOptions

    func run() async throws {
        try await run(in: .ofProcess(options.appearance))
    }

    /// Pushes with the given outputs and fleet.
    func run(in context: RunContext) async throws {
        let (cluster, inputs) = try await PreparedSpec.required(options.spec, reportsJSON: false, in: context)
        let local: Inputs.ResolvedImage
        do throws(FileError) {
            local = try context.environment.resolver.image(ofFile: file, promised: inputs)
        } catch {
            try context.fail("\(Printable.escaped(file)) cannot be used: \(error.reason)", remedy: nil, .usage)
        }
        // An address without a checksum promises no more than a name.
        let fileName = file.split(separator: "/").last.map(String.init)
        let name =
            inputs.images.filter { $0.value.fileName == local.fileName }.keys.min()
            ?? inputs.images.filter {
                $0.value.checksum == nil && $0.value.recipe == nil && cluster.images[$0.key]?.publishedName == fileName
            }.keys.min()
        guard let name else {
            try context.fail(
                "\(Printable.escaped(file)) is no image of the spec: its sha256 is \(local.checksum?.digest ?? "unknown")",
                remedy: "add it to images: in the spec, with source: and, where no instance uses it, keep: true",
                .refused)
        }
        var image = local
        image.fileName = inputs.images[name]?.fileName ?? local.fileName
        let path = FileAccess.expanded(file, home: context.surroundings.home)
        let images = [name: image]
        _ = try await options.perform(cluster, in: context) { steps in
            for line in steps.leftOut(images) { context.say(Line(line)) }
            return steps.bring(images, from: .file(path))
        }
    }
}

import ArgumentParser
import Engine
import Fleet
import Spec

/// `kvmctl screenshot`.
struct ScreenshotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "screenshot",
        abstract: "Saves a picture of what an instance shows on its screen.",
        discussion: """
            It shows why a guest that nothing reaches does not boot. The guest does not notice. The file is a PNG, or a \
            bitmap (PPM) where the node's QEMU cannot make one; only you can read it, as screens show secrets.

            Example:
              kvmctl screenshot web-1 -f cluster.yaml -o web-1.png
            """)

    @Argument(help: "The instance.")
    var instance: String
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The new file; by default INSTANCE.png or INSTANCE.ppm here.", valueName: "file"))
    var output: String?
    @OptionGroup var spec: SpecOptions
    @OptionGroup var appearance: AppearanceOptions

    func run() async throws {
        try await run(in: .ofProcess(appearance))
    }

    /// Takes the picture with the given outputs and fleet.
    func run(in context: RunContext) async throws {
        let cluster = try LoadedSpec.required(spec, context.appearance, reportsJSON: false, in: context.surroundings)
            .cluster
        let run = ScreenshotRun(of: instance, in: cluster)
        let shot = try await context.withAccess(log: nil) { access in
            try await context.reporting { () async throws(RunFailure) in try await run.perform(over: access) }
        }
        let file = output ?? "\(instance).\(shot.fileExtension)"
        do throws(FileError) {
            let path = FileAccess.expanded(file, home: context.surroundings.home)
            try FileAccess.create(path, shot.bytes, mode: 0o600)
        } catch {
            try context.fail("\(file) cannot be written: \(error.reason)", remedy: "name a new file with -o", .usage)
        }
        context.say(Line("\(file): \(shot.type), \(shot.bytes.count) bytes"))
    }
}

import ArgumentParser
import Engine
import Formats
import Spec

/// `kvmctl image info`.
struct ImageInfoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Says what an image file of this machine is, and what it hashes to.",
        discussion: """
            Example:
              kvmctl image info debian-12-genericcloud-amd64.qcow2
            """)

    @Argument(help: "The file.")
    var file: String
    @Option(name: .shortAndLong, help: ArgumentHelp("text, json or yaml.", valueName: "format"))
    var output: DescribeCommand.Format = .text
    @OptionGroup var appearance: AppearanceOptions

    func run() async throws {
        try await run(in: .ofProcess(appearance))
    }

    /// Says it with the given outputs.
    func run(in context: RunContext) async throws {
        let image: ImageFacts
        do throws(FileError) {
            image = try context.environment.resolver.facts(ofFile: file)
        } catch {
            try context.fail("\(Printable.escaped(file)) cannot be used: \(error.reason)", remedy: nil, .usage)
        }
        let rows: [(String, String, StructuredValue)] = [
            ("File", file, .text(file)), ("Format", image.format, .text(image.format)),
            ("Size", Printable.size(image.byteCount), .bytes(image.byteCount)),
            (
                "Disk size", image.virtualSize.map { Printable.size($0.bytes) } ?? "unknown until it is unpacked",
                image.virtualSize.map { .bytes($0.bytes) } ?? .null
            ),
            ("SHA-256", image.sha256, .text(image.sha256)), ("SHA-512", image.sha512, .text(image.sha512)),
        ]
        let keys = ["file", "format", "byteCount", "virtualSize", "sha256", "sha512"]
        let value = StructuredValue.object(zip(keys, rows).map { StructuredValue.Entry($0, $1.2) })
        switch output {
        case .text:
            context.surroundings.output(
                rows.map {
                    Line([Span($0.0 + ":").padded(to: 12), Span($0.1)], hang: 12).text(in: context.outputStyle) + "\n"
                }
                .joined())
        case .json: context.surroundings.output(value.json)
        case .yaml: context.surroundings.output(value.yaml)
        }
    }
}

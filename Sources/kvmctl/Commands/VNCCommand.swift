import ArgumentParser
import Engine
import Fleet
import Glibc
import Processes
import Spec

/// `kvmctl vnc`.
struct VNCCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vnc",
        abstract: "Shows the screen of an instance in a VNC viewer.",
        discussion: """
            It starts vncviewer or remote-viewer where one is installed and there is a display, and ends with it. Without \
            one, or with --address, it prints the address for a viewer, and keeps it open until Ctrl-C. The screen comes \
            through the connection to the node; only your own programs reach it on this machine.

            Examples:
              kvmctl vnc web-1 -f cluster.yaml
              kvmctl vnc web-1 -f cluster.yaml --address --port 5901
            """)

    @Argument(help: "The instance.")
    var instance: String
    @Flag(help: "Start no viewer; print the address for one.")
    var address = false
    @Option(help: ArgumentHelp("The port on this machine; by default a free one.", valueName: "port"))
    var port: Int?
    @OptionGroup var spec: SpecOptions
    @OptionGroup var appearance: AppearanceOptions

    func validate() throws {
        guard let port, !(1...65_535).contains(port) else { return }
        throw ValidationError("--port: expected a port from 1 to 65535, found \(port)")
    }

    func run() async throws {
        try await run(in: .ofProcess(appearance))
    }

    /// Shows the screen until the viewer or the command ends.
    func run(in context: RunContext) async throws {
        let cluster = try LoadedSpec.required(spec, context.appearance, reportsJSON: false, in: context.surroundings)
            .cluster
        let run = ScreenRun(of: instance, in: cluster)
        try await context.withAccess(log: nil) { access in
            try await context.reporting { () async throws(RunFailure) in
                try await run.perform(over: access) { screen async throws(RunFailure) in
                    try await show(screen, in: context)
                }
            }
        }
    }

    private func show(_ screen: OpenScreen, in context: RunContext) async throws(RunFailure) {
        guard let trial = screen.place.connect() else {
            throw RunFailure(
                "the screen of \(instance) does not take connections from here",
                remedy:
                    "on the machine that runs it only root may open it: run kvmctl as root, or use kvmctl screenshot")
        }
        close(trial)
        let relay: ScreenRelay
        do throws(FileError) {
            let caller = getuid() == 0 ? context.surroundings.environment["SUDO_UID"].flatMap { uid_t($0) } : nil
            relay = try ScreenRelay(of: screen.place, port: port, caller: caller)
        } catch {
            throw RunFailure(
                "the screen of \(instance) cannot be shown at port \(port ?? 0) of this machine: \(error.reason)",
                remedy: "name another port with --port", .usage)
        }
        relay.run { context.surroundings.errorOutput("kvmctl: \($0)\n") }
        defer { relay.stop() }
        guard !address, let viewer = Viewer.installed(in: context.surroundings.environment) else {
            context.say(
                Line("The screen of \(instance) is at 127.0.0.1:\(relay.port), for example:"),
                Line("  vncviewer 127.0.0.1::\(relay.port)"), Line("Ctrl-C ends it."))
            while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
            return
        }
        context.say(Line("\(viewer.program) shows the screen of \(instance); closing it ends this command."))
        let result: LocalProgram.Result
        do {
            result = try await LocalProgram.run(viewer.program, viewer.arguments(relay.port), input: [])
        } catch {
            throw RunFailure(
                "\(viewer.program) cannot be started: \(error)", remedy: "start another viewer, with --address")
        }
        guard result.succeeded || Task.isCancelled else {
            let words = PlainText.line(String(decoding: result.standardError.suffix(500), as: UTF8.self))
            throw RunFailure(
                "\(viewer.program) failed: \(words)", remedy: "start another viewer, with --address")
        }
    }
}

/// A program that shows VNC screens.
struct Viewer: Sendable, Equatable {
    let program: String
    /// What stands before the port in its argument.
    private let prefix: String

    private static let known = [
        Viewer(program: "vncviewer", prefix: "127.0.0.1::"),
        Viewer(program: "remote-viewer", prefix: "vnc://127.0.0.1:"),
    ]

    /// The first that is there; nil where there is none, or no display for one.
    static func installed(in environment: [String: String]) -> Viewer? {
        guard ["DISPLAY", "WAYLAND_DISPLAY"].contains(where: { environment[$0].map { !$0.isEmpty } ?? false }) else {
            return nil
        }
        return known.first { LocalProgram.isInstalled($0.program, in: environment["PATH"]) }
    }

    func arguments(_ port: Int) -> [String] { ["\(prefix)\(port)"] }
}

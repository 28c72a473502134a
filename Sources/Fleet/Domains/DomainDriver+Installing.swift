import DiscImages
import FoundationXML
import Libvirt
import Reconciler
import SSH
import Spec

/// Installers that boot once.
///
/// The machine that installs is another one than the definition: libvirt starts it from XML of its own, and goes back to the
/// definition when it ends. No CD is left in any drive, whatever happens in between. The stage in the mark says what may be
/// done: a disk is emptied only after an installer that surely did not come to its end, and a machine is waited for and ended
/// only while it has the installer's CD.
extension DomainDriver {
    /// Boots the installer, waits for its end, and says in the mark that everything of the instance is there.
    ///
    /// One that an earlier run began is waited for; one that its guest ended meanwhile is not begun again.
    func install(
        _ installation: DomainInstallation, _ expectation: Step.Expectation,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let (uuid, name) = (installation.domain.uuid, installation.domain.name)
        if let present = try await connection.domain(uuid), present.mark?.cluster == cluster,
            present.mark?.phase == .active
        {
            return .unchanged
        }
        return try await change(uuid, name, expectation) { domain in
            do {
                try await run(installation, domain, report)
            } catch {
                // Whatever the answers contain is needed no more once nothing runs.
                if try await !summary(of: uuid).isActive { try? await removeAnswers(of: installation) }
                throw error
            }
            try await removeAnswers(of: installation)
            guard let ended = try await connection.domain(uuid) else {
                return .skipped("the domain \(name) no longer exists")
            }
            _ = try await set(autostart: installation.domain.autostart, of: ended)
            return try await mark(ended) {
                $0.phase = .active
                $0.installation = nil
            }
        }
    }

    private func run(
        _ installation: DomainInstallation, _ domain: ObservedDomain,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws {
        let (uuid, name) = (installation.domain.uuid, installation.domain.name)
        if domain.isActive {
            guard try await hasDisc(uuid) else {
                throw StepProblem(
                    "it runs, but not its installer, and nobody knows whether its system is whole",
                    remedy: "To install it anew, remove it from the spec, apply, and add it again.")
            }
        } else {
            let summary = try await summary(of: uuid)
            switch domain.mark?.installation {
            case .answered: return
            case .begun where summary.wasEndedByGuest && installation.until != .agent: return
            // An agent may have answered while nobody asked.
            case .begun where summary.endedUnseen || summary.wasEndedByGuest:
                throw StepProblem(
                    "it is off, and nobody knows whether its installer had come to its end",
                    remedy:
                        "To install it anew, remove it from the spec, apply, and add it again. To go on with what is on "
                        + "its disk: virsh start \(name) on \(node), and shut it down from within.")
            case .due: try await begin(installation, domain)
            case .begun, .failed:
                try await empty(installation.root)
                try await begin(installation, domain)
            case nil:
                throw StepProblem("its mark does not say that it is to be installed", remedy: "Run the command again.")
            }
        }
        try await awaitEnd(installation, report)
    }

    private func summary(of uuid: UniqueID) async throws -> DomainSummary {
        let id = try uuid.libvirt
        return try await connection.reader.call("reading the state of domain \(uuid)") { try $0.domainSummary(id) }
    }

    /// Whether what runs is an installer: no definition of ours has a CD.
    private func hasDisc(_ uuid: UniqueID) async throws -> Bool {
        let id = try uuid.libvirt
        let text = try await connection.reader.call("reading what runs of domain \(uuid)") { try $0.domainXML(id) }
        let root = try XMLDocument(xmlString: text, options: []).rootElement()
        return root?.devices("disk").contains { $0["device"] == "cdrom" } ?? false
    }

    /// Makes the root disk anew, which nobody else may use.
    private func empty(_ root: VolumeDefinition) async throws {
        if let reason = try await volumes.recentReason(against: root.path, except: root.owner) {
            throw StepProblem("its root disk cannot be emptied: \(reason)")
        }
        _ = try await volumes.remove(root.path)
        _ = try await volumes.create(root)
    }

    private func begin(_ installation: DomainInstallation, _ domain: ObservedDomain) async throws {
        var answers: String?
        if let disc = installation.answers {
            let image: [UInt8]
            do throws(DiscImageError) {
                image = try DiscImage.make(
                    volume: disc.volume, disc.files.map { DiscImage.File(name: $0.name, content: $0.content) })
            } catch {
                throw StepProblem("the disc with its answers cannot be made: \(error.description)")
            }
            try await connection.commands.run(
                "writing \(installation.answersPath)",
                FileScripts.replace(path: installation.answersPath, size: "\(image.count)"), input: image)
            answers = installation.answersPath
        }
        // Before it starts: what may be on the disk from then on is not known any more.
        _ = try await mark(domain) { $0.installation = .begun }
        var marked = installation
        marked.domain.mark.installation = .begun
        let xml = DomainXML.text(installing: marked, answers: answers)
        try await connection.ensureConsoleFolder()
        try await connection.changes.call("starting the installer of \(domain.name)") { try $0.createDomain(xml) }
    }

    private func awaitEnd(
        _ installation: DomainInstallation, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws {
        let (uuid, name) = (installation.domain.uuid, installation.domain.name)
        let deadline = ContinuousClock.now.advanced(by: installation.timeout)
        var console = ConsoleReader(connection, ofDomainNamed: name)
        var nextConsole = ContinuousClock.now
        report(.waiting("its installer runs"))
        while true {
            try await lock.check()
            let summary = try await summary(of: uuid)
            if !summary.isActive {
                if let lines = try? await console.read(isEnd: true), !lines.isEmpty { report(.console(lines)) }
                if summary.wasEndedByGuest, installation.until != .agent { return }
                let words =
                    summary.wasEndedByGuest
                    ? "it was powered off before its agent had answered"
                    : "it was stopped before the installer had ended"
                throw try await failure(installation, words)
            }
            if installation.until == .agent, case .ready = try await connection.agent(of: uuid).probe() {
                guard let answered = try await connection.domain(uuid) else { continue }
                _ = try await mark(answered) { $0.installation = .answered }
                _ = try await stop(uuid, name, .none, timeout: .seconds(120), force: true, report)
                if let lines = try? await console.read(isEnd: true), !lines.isEmpty { report(.console(lines)) }
                return
            }
            guard ContinuousClock.now < deadline else {
                // Before it is off: the console's log is of what runs.
                let problem = try await failure(
                    installation, "the installer has not ended after \(installation.timeout.components.seconds) s")
                try await force(try uuid.libvirt, name)
                throw problem
            }
            if ContinuousClock.now >= nextConsole {
                nextConsole = ContinuousClock.now.advanced(by: .seconds(2))
                if let lines = try? await console.read() {
                    if !lines.isEmpty { report(.console(lines)) }
                    if let last = console.unfinished ?? lines.last {
                        report(.waiting("its installer says: \(last.prefix(200))"))
                    }
                }
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    private func removeAnswers(of installation: DomainInstallation) async throws {
        try await connection.commands.run(
            "deleting \(installation.answersPath)", FileScripts.remove(path: installation.answersPath))
    }

    /// Says in the mark that the installer did not come to its end, and to people why.
    private func failure(_ installation: DomainInstallation, _ reason: String) async throws -> StepError {
        let (uuid, name) = (installation.domain.uuid, installation.domain.name)
        let console = (try? await connection.consoleTail(ofDomainNamed: name)) ?? []
        if let domain = try await connection.domain(uuid) { _ = try await mark(domain) { $0.installation = .failed } }
        let tail =
            console.isEmpty
            ? ["its console printed nothing"] : ["the last lines of its console:"] + console.map { "  \($0)" }
        return StepError(
            "\(name) on \(node) was not installed", causes: [reason] + tail,
            remedy: "Its disk is kept until the next apply, which boots the installer again with an empty one. To see "
                + "its screen while it runs: kvmctl vnc \(installation.domain.mark.instance)")
    }
}

extension DomainInstallation.Answers {
    /// The files of the disc; cloud-init's form of it has two.
    fileprivate var files: [(name: String, content: [UInt8])] {
        [(file, content)] + (file == "user-data" ? [("meta-data", [])] : [])
    }
}

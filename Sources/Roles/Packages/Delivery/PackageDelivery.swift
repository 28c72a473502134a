import Fleet
import Processes
import Reconciler
import SSH
import Spec

/// The delivery of a role's system packages: this machine finds and fetches what the guest lacks, and puts it there.
///
/// The guest then installs from that and from nothing else.
struct PackageDelivery: Sendable {
    let run: PackageRun
    let transport: PackageTransport
    let policy: PackagePolicy
    let role: Name

    /// Nil where none of a role's packages is to be delivered.
    ///
    /// - Parameter seen: what the guest has of the role.
    /// - Throws: where they cannot be; nothing was done then.
    init?(
        _ run: PackageRun, _ rendering: PackageRendering, of packages: [String], _ seen: ObservedPackage?
    ) throws(StepProblem) {
        let policy = rendering.application.packages
        guard policy.delivers, packages.contains(where: { seen?.packages[$0] != true }) else { return nil }
        guard rendering.family == GuestFamily.debian.rawValue else {
            guard policy.isDelivered else { return nil }
            throw StepProblem(
                "the packages of \(run.role) cannot be delivered: \(run.guest.runner.name) is \(rendering.family), and "
                    + "that takes a guest with Debian or Ubuntu", remedy: policy.remedy)
        }
        guard LocalProgram.isInstalled("apt-get") else {
            throw StepProblem(
                "the packages of \(run.role) cannot be delivered: this machine has no apt, which finds and checks them",
                remedy: "Run kvmctl on Debian or Ubuntu, or install apt here with its keyring. \(policy.remedy)"
            )
        }
        guard let transport = run.transport else {
            throw StepProblem(
                "the packages of \(run.role) cannot be delivered: this machine has no folder to keep them in",
                remedy: "Set HOME or XDG_CACHE_HOME, and apply again.")
        }
        (self.run, self.transport, self.policy, role) = (run, transport, policy, run.role)
    }

    /// Brings into the guest what it lacks of some packages with all that they need; nothing where it has them.
    ///
    /// - Throws: a `PackageFailure` after which the attempt can go back.
    func bring(_ packages: [String]) async throws {
        let system = try await ask(packages)
        guard !system.missing.isEmpty else { return }
        let names = system.missing.joined(separator: ", ")
        let archive: PackageArchive
        do throws(StepProblem) {
            guard let found = try PackageArchive(of: system, mirror: policy.mirror, keyring: transport.keyring) else {
                guard policy.isDelivered else { return run.report(.waiting(Self.leaving(names, to: run.guest))) }
                throw PackageArchive.unknown(system, remedy: policy.remedy)
            }
            archive = found
        } catch { throw failure("delivering \(names)", error) }
        run.report(.waiting("fetching \(names) for the guest"))
        let closure = try await collect(system, archive, names)
        let result: Result<Void, any Error>
        do { result = .success(try await hand(over: closure, names)) } catch { result = .failure(error) }
        await removeHere(closure)
        try result.get()
    }

    /// What is said where a guest fetches some packages itself, though this run delivers them where it can.
    static func leaving(_ packages: String, to guest: PackageGuest) -> String {
        "\(guest.runner.name) fetches \(packages) itself: packages are delivered to Debian and Ubuntu"
    }

    private func ask(_ packages: [String]) async throws -> GuestSystem {
        let said = try await run.guest.succeed(
            "asking which packages there are", ClosureScripts.system(role: role.text, packages), limit: .seconds(120))
        return GuestSystem(reading: said, askedFor: packages)
    }

    private func collect(
        _ system: GuestSystem, _ archive: PackageArchive, _ names: String
    ) async throws -> PackageClosure {
        let path = "\(transport.cache)/sent/\(transport.guest)-\(role).tar"
        let input = archive.sources.map { "source \($0)\n" }.joined() + "status\n" + system.status
        let result = try await transport.commandsHere.attempt(
            "fetching \(names)",
            ClosureScripts.collect(
                cache: transport.cache, name: archive.folder,
                architectures: system.architectures.joined(separator: " "), bundle: path,
                limit: "\(transport.mostBytes)", system.missing),
            input: Array(input.utf8), timeout: .seconds(3_600))
        if result.succeeded, let closure = PackageClosure(reading: result.output, path: path) { return closure }
        let said = PlainText.lines(result.errorOutput).suffix(10).map { String($0.prefix(500)) }
        let words = said.isEmpty ? ["it exited with status \(result.status ?? -1) and printed nothing"] : said
        let purpose: String
        switch result.status {
        case PackageClosure.Failure.noApt: purpose = "finding apt on this machine to deliver \(names)"
        case PackageClosure.Failure.unreadableArchive:
            purpose = "reading the archive of \(system.distribution) \(system.release) on this machine"
        case PackageClosure.Failure.unreadableGuest: purpose = "reading which packages \(run.guest.runner.name) has"
        case PackageClosure.Failure.impossible:
            purpose = "finding \(names) for \(system.distribution) \(system.release) on this machine"
        default: purpose = "fetching \(names) on this machine"
        }
        // What an archive does not have now it may have later: the guest is not to remember that.
        throw PackageFailure(purpose: purpose, exitCode: PackageFailure.passing, lines: words)
    }

    private func hand(over closure: PackageClosure, _ names: String) async throws {
        try await run.guest.succeed(
            "making room for \(names)", ClosureScripts.makeRoom(role: role.text, size: "\(closure.size)"),
            limit: .seconds(1_000))
        let count = closure.count == 1 ? "1 package" : "\(closure.count) packages"
        run.report(.waiting("delivering \(count), \(Size(bytes: UInt64(closure.size)).rounded)"))
        let path = "/var/lib/kvmctl/roles/\(role)/delivery/incoming"
        do { try await transport.send(closure, path, run.report) } catch let problem as StepProblem {
            throw failure("delivering \(names)", problem)
        }
        try await run.guest.succeed(
            "unpacking \(names)", ClosureScripts.takeIn(role: role.text, digest: closure.digest),
            limit: .seconds(1_200))
    }

    private func removeHere(_ closure: PackageClosure) async {
        _ = try? await transport.commandsHere.run(
            "deleting packages that were sent", ClosureScripts.forget(bundle: closure.path))
    }

    private func failure(_ purpose: String, _ problem: StepProblem) -> PackageFailure {
        let words = [problem.reason] + [problem.remedy].compactMap(\.self)
        return PackageFailure(purpose: purpose, exitCode: PackageFailure.passing, lines: words)
    }
}

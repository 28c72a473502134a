import Libvirt
import Reconciler
import Spec

/// Domains: each looked at again before it is touched.
extension DomainDriver {
    /// Defines a domain, or redefines it over its UUID; never undefines first.
    func define(_ domain: DomainDefinition, _ expectation: Step.Expectation) async throws -> StepResult {
        let present = try await connection.domain(domain.uuid)
        if let present, present.mark == domain.mark, expectation == .absent {
            // An earlier try of this very step got this far.
            return try await set(autostart: domain.autostart, of: present)
        }
        if let reason = Expectation(expectation, domain.name).broken(by: present) { return .skipped(reason) }
        if let present, present.mark?.cluster != cluster {
            return .skipped("the domain \(present.name) with this UUID does not belong to this cluster")
        }
        if present == nil, let other = try await uuid(ofDomainNamed: domain.name), other != domain.uuid {
            return .skipped("a domain named \(domain.name) with the UUID \(other) exists already")
        }
        if domain.hasUEFI { try FirmwareState.check(try await connection.libvirtVersion()) }
        // A root disk that is used again may be sealed to the TPM's keys, which stay with it.
        if present == nil, domain.hasNewRoot { try await context.removeFirmwareState(of: domain.uuid) }
        let (xml, id) = (DomainXML.text(domain), try domain.uuid.libvirt)
        try await connection.changes.call("defining domain \(domain.name)") { libvirt in
            try libvirt.defineDomain(xml)
            if present?.autostart ?? false != domain.autostart {
                try libvirt.setAutostart(domain.autostart, ofDomain: id)
            }
        }
        return .done
    }

    /// Starts a domain that is still what the plan was made for; one of ours that runs by now needs nothing.
    ///
    /// A start that outlived the run that asked for it may come to its end only after the plan was made: it is waited for.
    func start(_ uuid: UniqueID, _ name: String, _ expectation: Step.Expectation) async throws -> StepResult {
        var present = try await connection.domain(uuid)
        if present?.power == .paused {
            try await waitForStart(of: uuid)
            present = try await connection.domain(uuid)
        }
        if let present, present.power == .running, present.mark?.cluster == cluster { return .unchanged }
        return try await change(uuid, name, expectation) { try await start($0) }
    }

    /// Returns when no start of the domain is under way, or after a minute.
    private func waitForStart(of uuid: UniqueID) async throws {
        let id = try uuid.libvirt
        let deadline = ContinuousClock.now.advanced(by: .seconds(60))
        while ContinuousClock.now < deadline {
            let isStarting = try await connection.reader.call("reading the state of domain \(uuid)") { libvirt in
                do { return try libvirt.domainSummary(id).isStarting } catch let error as LibvirtError {
                    guard error.isNoDomain else { throw error }
                    return false
                }
            }
            guard isStarting else { return }
            try await Task.sleep(for: .milliseconds(250))
        }
    }

    /// Starts a domain, or resumes a paused one.
    func start(_ domain: ObservedDomain) async throws -> StepResult {
        let id = try domain.uuid.libvirt
        do {
            switch domain.power {
            case .running: return .unchanged
            case .paused:
                guard let pause = domain.standstill else {
                    try await resume(domain)
                    break
                }
                guard try await goOn(domain) else {
                    let remedy = pause.remedy(domain.name, on: node.text)
                    throw StepProblem(
                        "it is paused\(pause.words)", remedy: remedy.prefix(1).uppercased() + remedy.dropFirst() + ".")
                }
            case .shutOff, .crashed, .other:
                if domain.power == .crashed { try await endCrashed(domain) }
                _ = try await context.updates.finishGoingBack(domain)
                try await connection.ensureConsoleFolder()
                try await connection.changes.call("starting domain \(domain.name)") { try $0.startDomain(id) }
            }
        } catch let error as LibvirtError where error.isInvalidState {
            // A start that outlived the run that asked for it looks paused until it is done.
            guard try await connection.domain(domain.uuid)?.power == .running else { throw error }
        }
        return .done
    }

    /// Resumes a guest that a broken-off migration left paused, and says whether it did.
    ///
    /// It does not where any other node has it or does not answer: somebody may have moved it on. libvirt itself does not
    /// resume a guest whose migration is under way.
    func goOn(_ domain: ObservedDomain) async throws -> Bool {
        guard domain.wasLeftPausedByMigration, let move = domain.mark?.move, node == move.from, peers[move.to] != nil,
            !peers.hasUnreachable
        else { return false }
        for peer in peers.all where peer.node != node {
            guard try await peer.connection.domain(domain.uuid) == nil else { return false }
        }
        try await resume(domain)
        return true
    }

    private func resume(_ domain: ObservedDomain) async throws {
        let id = try domain.uuid.libvirt
        try await connection.changes.call("resuming domain \(domain.name)") { try $0.resumeDomain(id) }
    }

    /// Ends what libvirt keeps of a guest that crashed, which would be in the way of its next start.
    private func endCrashed(_ domain: ObservedDomain) async throws {
        let id = try domain.uuid.libvirt
        try await connection.changes.call("ending the crashed domain \(domain.name)") { libvirt in
            do { try libvirt.destroyDomain(id, gracefully: false) } catch let error as LibvirtError
                where error.isInvalidState
            {
                // It is off already.
            }
        }
    }

    /// Has the domain start with the node, or not.
    func set(autostart: Bool, of domain: ObservedDomain) async throws -> StepResult {
        guard domain.autostart != autostart else { return .unchanged }
        let id = try domain.uuid.libvirt
        try await connection.changes.call("setting autostart of \(domain.name)") {
            try $0.setAutostart(autostart, ofDomain: id)
        }
        return .done
    }

    /// Says in the mark that the domain is only to be removed; one that is gone needs no mark.
    func markDeleting(_ uuid: UniqueID, _ name: String, _ expectation: Step.Expectation) async throws -> StepResult {
        guard let domain = try await connection.domain(uuid) else { return .unchanged }
        if domain.mark?.cluster == cluster, domain.mark?.phase == .deleting { return .unchanged }
        // Before anything is done: what could not be ended is not begun.
        _ = try Undefining.flags(
            for: domain, keepsState: domain.mark?.isAdopted == true, libvirt: try await connection.libvirtVersion())
        return try await change(uuid, name, expectation) { try await mark($0) { $0.phase = .deleting } }
    }

    /// Removes a stopped domain's definition with what belongs to it.
    ///
    /// - Parameter shared: folders with the state of its firmware that another node goes on with.
    func undefine(
        _ uuid: UniqueID, _ name: String, _ expectation: Step.Expectation, sharing shared: Set<String> = []
    ) async throws -> StepResult {
        guard let domain = try await connection.domain(uuid) else { return .unchanged }
        return try await change(uuid, name, expectation) { _ in
            guard domain.power != .running, domain.power != .paused else {
                throw StepProblem(
                    "it was started again in the meantime", remedy: "Run the command again: it stops it first.")
            }
            // Before the definition: without that nobody would know of it.
            try await context.deleteKey(of: uuid)
            // libvirt deletes what the definition has; what an earlier one had is deleted here.
            if domain.mark?.isAdopted != true {
                try await context.removeFirmwareState(of: uuid, in: FirmwareState.places.subtracting(shared))
            }
            let id = try uuid.libvirt
            let keeps = domain.mark?.isAdopted == true || !shared.isEmpty
            let flags = try Undefining.flags(
                for: domain, keepsState: keeps, libvirt: try await connection.libvirtVersion())
            try await connection.changes.call("undefining domain \(name)") { libvirt in
                do {
                    do { try libvirt.undefineDomain(id, flags) } catch let error as LibvirtError
                        where error.code == .invalidArgument && !(keeps && domain.hasFirmwareState)
                    {
                        // A driver that does not know checkpoints and firmware has none of a domain's either.
                        try libvirt.undefineDomain(id, [.managedSave, .snapshotsMetadata])
                    }
                } catch let error as LibvirtError where error.isNoDomain {
                    // Somebody else was quicker.
                }
            }
            return .done
        }
    }

    /// Changes a domain of this cluster that is still what the plan was made for.
    func change(
        _ uuid: UniqueID, _ name: String, _ expectation: Step.Expectation,
        _ body: (ObservedDomain) async throws -> StepResult
    ) async throws -> StepResult {
        guard let domain = try await connection.domain(uuid) else {
            return .skipped("the domain \(name) no longer exists")
        }
        guard let mark = domain.mark, mark.cluster == cluster else {
            let problem = domain.markProblem.map { ": \($0)" } ?? ""
            return .skipped("the domain \(name) does not carry this cluster's mark\(problem)")
        }
        if let reason = Expectation(expectation, name).broken(by: domain) { return .skipped(reason) }
        return try await body(domain)
    }

    /// Rewrites the mark and nothing else, in the definition and in what runs.
    func mark(_ domain: ObservedDomain, _ edit: (inout DomainMark) -> Void) async throws -> StepResult {
        guard let old = domain.mark else { return .skipped("the domain \(domain.name) has no mark") }
        var mark = old
        edit(&mark)
        guard mark != old else { return .unchanged }
        try await write(mark, to: domain)
        return .done
    }

    /// Writes a mark into the definition, and into what runs.
    func write(_ mark: DomainMark, to domain: ObservedDomain) async throws {
        let (text, id) = (mark.metadataText, try domain.uuid.libvirt)
        let kind = MetadataKind.element(uri: MarkFormat.namespace, prefix: MarkFormat.prefix)
        let isActive = domain.power == .running || domain.power == .paused
        try await connection.changes.call("marking domain \(domain.name)") { libvirt in
            do {
                try libvirt.setMetadata(kind, to: text, ofDomain: id, affecting: isActive ? [.live, .config] : .config)
            } catch let error as LibvirtError where error.isInvalidState && isActive {
                // It stopped just now: what runs is gone, and the definition remains.
                try libvirt.setMetadata(kind, to: text, ofDomain: id, affecting: .config)
            }
        }
    }

    private func uuid(ofDomainNamed name: String) async throws -> UniqueID? {
        try await connection.reader.call("looking for domain \(name)") { libvirt in
            do { return UniqueID(try libvirt.domainUUID(named: name)) } catch let error as LibvirtError {
                guard error.isNoDomain else { throw error }
                return nil
            }
        }
    }
}

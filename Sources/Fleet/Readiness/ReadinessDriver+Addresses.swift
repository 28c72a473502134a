import Reconciler
import SSH
import Spec

extension ReadinessDriver {
    /// Whether every address kvmctl gave answers with its MAC; where it gave none, whether the guest has any.
    ///
    /// What the node knew of them before has to be forgotten once, after the guest's start: see `forgetAddresses`.
    func probeAddresses(_ check: ReadinessCheck, of domain: ObservedDomain) async throws -> ReadinessProbe {
        guard !check.addresses.isEmpty else { return try await probeAnyAddress(domain) }
        let table = try await connection.neighbours(check.addresses.map(\.address))
        var missing: [String] = []
        for wanted in check.addresses {
            switch table.verdict(on: wanted) {
            case .answers: continue
            case .answeredBy(let mac):
                return .failed("\(mac) answers for \(wanted.address) instead of its NIC \(wanted.mac)")
            case .noAnswer: break
            }
            // A node without an address of its own in that network cannot hear the guest; its agent can be asked.
            if try await connection.agent(of: domain.uuid).addresses()[wanted.mac]?.contains(wanted.address) == true {
                continue
            }
            missing.append("\(wanted.address) does not answer")
        }
        return missing.isEmpty ? .ready : .missing(missing.joined(separator: ", "))
    }

    /// Has the node forget who answered for the guest's addresses, so that only what answers from now on counts.
    func forgetAddresses(_ check: ReadinessCheck, of domain: ObservedDomain) async throws {
        try await connection.forgetNeighbours(check.addresses.map(\.address), domain.nics.map(\.mac))
    }

    /// Where somebody else gives addresses: what the agent says, or an address that the guest answers for now.
    ///
    /// Leases and the kernel's table only say which addresses to ask for: both outlive the boot that they are of.
    private func probeAnyAddress(_ domain: ObservedDomain) async throws -> ReadinessProbe {
        let macs = Set(domain.nics.map(\.mac))
        guard !macs.isEmpty else { return .failed("it has no NIC and therefore no address") }
        guard try await toldAddresses(domain).isEmpty else { return .ready }
        let candidates = try await knownAddresses(domain)
        guard !candidates.isEmpty else { return .missing("it has no known address") }
        let table = try await connection.neighbours(candidates)
        if table.isAnswered(byOneOf: macs) { return .ready }
        let list = candidates.map(\.description).joined(separator: ", ")
        return .missing("\(list), known from before, \(candidates.count == 1 ? "does" : "do") not answer")
    }

    /// The addresses that the guest's agent says its NICs have.
    private func toldAddresses(_ domain: ObservedDomain) async throws -> Set<IPv4Address> {
        let told = try await connection.agent(of: domain.uuid).addresses()
        return domain.nics.reduce(into: []) { $0.formUnion(told[$1.mac] ?? []) }
    }

    /// How many addresses are asked at most of those that a guest says it has.
    private static let mostAddresses = 8

    /// The addresses that the node knows of its NICs, from leases and its kernel's table.
    private func knownAddresses(_ domain: ObservedDomain) async throws -> [IPv4Address] {
        let macs = Set(domain.nics.map(\.mac))
        let known = try await connection.facts(cluster).neighbours.filter { macs.contains($0.mac) }.map(\.address)
        let leases = try await connection.networksAndLeases().leases
        return Set(known).union(macs.flatMap { leases[$0] ?? [] }).sorted()
    }

    /// Whether an SSH server answers at one of the guest's addresses, once those are its own.
    ///
    /// An address that only the guest says it has may be anybody's: it counts where one of its NICs answers for it.
    func probeSSH(_ check: ReadinessCheck, of domain: ObservedDomain) async throws -> ReadinessProbe {
        let probe = try await probeAddresses(check, of: domain)
        guard probe == .ready else { return probe }
        var addresses = check.addresses.map(\.address)
        if addresses.isEmpty {
            let known = try await knownAddresses(domain)
            let told = try await toldAddresses(domain).subtracting(known).sorted()
            let candidates = Array((known + told).prefix(Self.mostAddresses))
            addresses = try await connection.neighbours(candidates).addresses(
                answeredByOneOf: Set(domain.nics.map(\.mac)))
            guard !addresses.isEmpty else {
                let list = candidates.map(\.description).joined(separator: ", ")
                return .missing(
                    candidates.isEmpty
                        ? "it has no known address"
                        : "no NIC of it answers \(node) for \(list), as it has to where the spec gives no address")
            }
        }
        let texts = addresses.map(\.description)
        let list = texts.joined(separator: ", ")
        let found = try await connection.commands.attempt(
            "asking \(list) for an SSH server", ReadinessScripts.greet(texts), timeout: .seconds(20))
        guard found.status != ReadinessScripts.noProgram else {
            return .failed("\(node) has no program to ask port 22 with: install bash, curl or nc there")
        }
        let answers = Set(found.output.split(separator: "\n").map(String.init))
        if texts.contains(where: { answers.contains("ssh \($0)") }) { return .ready }
        return .missing("no SSH server answers at \(list)")
    }
}

extension NodeConnection {
    /// Who answers for these addresses, after the node has asked for those that it has no answer for.
    func neighbours(_ addresses: [IPv4Address]) async throws -> NeighbourTable {
        let texts = addresses.map { "\($0)" }
        let output = try await commands.run(
            "finding the owners of \(texts.joined(separator: ", "))", ReadinessScripts.ask(texts),
            timeout: .seconds(30))
        return NeighbourTable(reading: output.output)
    }

    /// Has the node's kernel forget who answered for these addresses, and where these MACs were.
    func forgetNeighbours(_ addresses: [IPv4Address], _ macs: [MACAddress]) async throws {
        let texts = addresses.map { "\($0)" } + macs.map { "\($0)" }
        guard !texts.isEmpty else { return }
        try await commands.run("clearing the neighbour entry of \(texts[0])", ReadinessScripts.forget(texts))
    }
}

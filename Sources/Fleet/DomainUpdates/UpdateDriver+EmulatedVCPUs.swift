import FoundationEssentials
import FoundationXML
import Libvirt
import Reconciler
import Spec

/// What plugging a vCPU into an emulated machine takes.
extension UpdateDriver {
    /// Returns when a vCPU can be plugged in without ending the machine; at once where it is not emulated.
    ///
    /// Where QEMU's buffer for translated code is nearly full, the guest is kept busy until QEMU starts it anew.
    /// - Throws: where that does not happen within a minute; nothing was plugged in then.
    func freeBufferForVCPUs(
        _ count: Int, in domain: ObservedDomain, _ running: ObservedDomain.Running, _ agent: GuestAgent,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws {
        guard try await isEmulated(domain) else { return }
        let deadline = ContinuousClock.now.advanced(by: .seconds(60))
        while true {
            // A QEMU that does not tell is left to itself, as there is nothing to go by.
            guard let buffer = try await translationBuffer(of: domain) else { return }
            if buffer.hasRoom(for: count - running.vcpus, beside: running.vcpus, of: running.maximumVCPUs) { return }
            guard ContinuousClock.now < deadline else {
                throw StepProblem(
                    "the guest is emulated, and QEMU would abort it now: its buffer for translated code is full",
                    remedy: "Apply again later, or restart the instance, which gives it its vCPUs.")
            }
            report(
                .waiting(
                    "QEMU's buffer for translated code is nearly full: waiting until QEMU flushes it"))
            _ = try await agent.run(GuestScripts.busyWork(), timeout: .seconds(20))
            try await lock.check()
        }
    }

    private func isEmulated(_ domain: ObservedDomain) async throws -> Bool {
        let id = try domain.uuid.libvirt
        let xml = try await connection.reader.call("reading the type of \(domain.name)") { try $0.domainXML(id) }
        return try XMLElement.withRoot("domain", of: xml, describing: "the domain \(domain.name)") {
            $0.attribute(forName: "type")?.stringValue == "qemu"
        }
    }

    private func translationBuffer(of domain: ObservedDomain) async throws -> TranslationBuffer? {
        let id = try domain.uuid.libvirt
        let reply = try await connection.changes.call("asking QEMU about its translated code of \(domain.name)") {
            try? $0.monitorCommand(#"{"execute":"x-query-jit"}"#, toDomain: id)
        }
        guard let reply, let answer = try? JSONDecoder().decode(Answer.self, from: Data(reply.utf8)) else { return nil }
        return TranslationBuffer(answer.return.text)
    }
}

private struct Answer: Decodable {
    struct Value: Decodable {
        let text: String

        enum CodingKeys: String, CodingKey { case text = "human-readable-text" }
    }
    let `return`: Value
}

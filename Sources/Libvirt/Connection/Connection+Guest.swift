import CLibvirt
package import FoundationEssentials
import Glibc

/// What a running guest tells.
extension Connection {
    /// Sends one command to the guest agent and gives its reply, both JSON.
    ///
    /// Blocks until the reply or the timeout, counted in whole seconds and at least one. Keep a message at 64 KiB or less: the agent
    /// hangs on much larger ones.
    package func agentCommand(
        _ json: String, toDomain uuid: UUID, timeout: Duration
    ) throws(LibvirtError) -> String {
        let domain = try domain(uuid)
        let seconds = CInt(clamping: max(1, timeout.components.seconds))
        return try domain.text(
            "virDomainQemuAgentCommand", virDomainQemuAgentCommand(domain.raw, json, seconds, 0))
    }

    /// Sends one command to the QEMU that runs a domain and gives its reply, both JSON; for questions, and for what libvirt
    /// has no call for and needs not know of.
    ///
    /// libvirt notes in its log that somebody spoke to QEMU behind its back.
    package func monitorCommand(_ json: String, toDomain uuid: UUID) throws(LibvirtError) -> String {
        let domain = try domain(uuid)
        var reply: UnsafeMutablePointer<CChar>?
        defer { free(reply) }
        try domain.check(
            "virDomainQemuMonitorCommand", virDomainQemuMonitorCommand(domain.raw, json, &reply, 0))
        return reply.map { String(cString: $0) } ?? ""
    }
}

import CLibvirt
import Glibc

/// What the daemon and its host say about themselves.
extension Connection {
    /// Whether the connection still stands, as far as this side knows.
    ///
    /// Does not ask the daemon; a broken link shows once keepalive or a call has found it. False once closed.
    package func isAlive() -> Bool {
        guard let raw = try? raw() else { return false }
        return virConnectIsAlive(raw) == 1
    }

    /// Has both sides send a ping after `interval` seconds of silence, and closes the connection after `count` unanswered.
    ///
    /// A call that is running then fails with an error that `isConnectionLost`. Gives false where the other side does not
    /// know keepalive; a driver inside this process throws an error that `isUnsupported`.
    @discardableResult
    package func setKeepAlive(interval: Int32, count: UInt32) throws(LibvirtError) -> Bool {
        try check("virConnectSetKeepAlive", virConnectSetKeepAlive(raw(), interval, count)) == 0
    }

    /// The host name of the machine the daemon runs on.
    package func hostname() throws(LibvirtError) -> String {
        try text("virConnectGetHostname", virConnectGetHostname(raw()))
    }

    /// The version of the daemon's libvirt.
    package func libvirtVersion() throws(LibvirtError) -> LibvirtVersion {
        var number: UInt = 0
        try check("virConnectGetLibVersion", virConnectGetLibVersion(raw(), &number))
        return LibvirtVersion(number: number)
    }

    /// The version of the hypervisor, QEMU's own for instance.
    package func hypervisorVersion() throws(LibvirtError) -> LibvirtVersion {
        var number: UInt = 0
        try check("virConnectGetVersion", virConnectGetVersion(raw(), &number))
        return LibvirtVersion(number: number)
    }

    /// The XML of what the host can do, with its UUID and CPU.
    package func capabilitiesXML() throws(LibvirtError) -> String {
        try text("virConnectGetCapabilities", virConnectGetCapabilities(raw()))
    }

    /// The XML of what a domain can have with this emulator, architecture, machine and virtualization; nil means the default.
    package func domainCapabilitiesXML(
        emulator: String? = nil, architecture: String? = nil, machine: String? = nil, virtualization: String? = nil
    ) throws(LibvirtError) -> String {
        try text(
            "virConnectGetDomainCapabilities",
            virConnectGetDomainCapabilities(raw(), emulator, architecture, machine, virtualization, 0))
    }

    /// Whether a guest with this `<cpu>` can run on the host; false where it cannot.
    ///
    /// - Parameter xml: a whole CPU, such as that of a running domain or the host model of another machine.
    package func canRun(
        cpu xml: String, emulator: String?, architecture: String?, machine: String?, virtualization: String?
    ) throws(LibvirtError) -> Bool {
        let result = try check(
            "virConnectCompareHypervisorCPU",
            virConnectCompareHypervisorCPU(raw(), emulator, architecture, machine, virtualization, xml, 0))
        return result != CInt(VIR_CPU_COMPARE_INCOMPATIBLE.rawValue)
    }

    /// The XML of the best CPU that hosts with these CPUs all have.
    package func commonCPU(
        of xmls: [String], emulator: String?, architecture: String?, machine: String?, virtualization: String?
    ) throws(LibvirtError) -> String {
        let texts = xmls.map { strdup($0) }
        defer { for text in texts { free(text) } }
        var pointers: [UnsafePointer<CChar>?] = texts.map { $0.map { UnsafePointer($0) } }
        return try text(
            "virConnectBaselineHypervisorCPU",
            virConnectBaselineHypervisorCPU(
                raw(), emulator, architecture, machine, virtualization, &pointers, UInt32(pointers.count),
                VIR_CONNECT_BASELINE_CPU_MIGRATABLE.rawValue))
    }

    /// The host's processors and memory.
    package func nodeInfo() throws(LibvirtError) -> NodeInfo {
        var info = virNodeInfo()
        try check("virNodeGetInfo", virNodeGetInfo(raw(), &info))
        return NodeInfo(info)
    }
}

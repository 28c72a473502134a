import CLibvirt

/// A host's processors and memory.
package struct NodeInfo: Equatable, Sendable {
    /// The architecture, such as `x86_64`.
    package let model: String
    /// Processors that are online.
    package let cpus: Int
    package let megahertz: Int
    /// Memory in KiB.
    package let memoryKiB: UInt64
    package let numaNodes: Int
    package let socketsPerNode: Int
    package let coresPerSocket: Int
    package let threadsPerCore: Int

    init(_ info: virNodeInfo) {
        model = withUnsafeBytes(of: info.model) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        cpus = Int(info.cpus)
        megahertz = Int(info.mhz)
        memoryKiB = UInt64(info.memory)
        numaNodes = Int(info.nodes)
        socketsPerNode = Int(info.sockets)
        coresPerSocket = Int(info.cores)
        threadsPerCore = Int(info.threads)
    }
}

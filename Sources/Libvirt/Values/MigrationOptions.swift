/// How a live migration is made.
package struct MigrationOptions: Sendable {
    /// Where the destination listens for memory, such as `tcp://10.77.0.12` or `unix:///path`; nil for what it says itself.
    package var uri: String?
    /// The same for disks.
    package var disksURI: String?
    /// The only address that the destination listens at; nil for every one.
    package var listenAddress: String?
    /// The targets (`vda`) of the disks that are copied; with none, all storage is believed to be shared.
    package var copiedDisks: [String]
    /// Whether libvirt's own suspicion of shared storage is overruled.
    package var trustsSharedStorage = false
    /// The running domain as the destination is to have it, such as with other paths; nil for as it is.
    package var xml: String?
    /// The same of its definition.
    package var definition: String?
    /// MiB per second; nil for no limit.
    package var bandwidth: UInt64?
    /// Whether a guest that dirties memory faster than it is sent is slowed down.
    package var slowsGuest = true
    /// Whether it may be switched to post-copy on the way.
    package var allowsPostCopy = false
    /// Whether a migration that broke off in post-copy goes on; disks and limits are as they were.
    package var resumesPostCopy = false

    package init(uri: String? = nil, disksURI: String? = nil, copiedDisks: [String]) {
        self.uri = uri
        self.disksURI = disksURI
        self.copiedDisks = copiedDisks
    }
}

package import Reconciler
package import Spec

/// A node that a driver is tried on, and the hands of somebody who changes it behind kvmctl's back.
package protocol ContractNode: Sendable {
    /// What is tried.
    var driver: any NodeDriver { get }
    /// An existing folder with nothing in it and no pool over it.
    var folder: String { get }

    /// Defines a domain as its definition says, whosever it is.
    func define(_ domain: DomainDefinition) async throws
    /// Takes a domain's mark away.
    func unmark(_ domain: UniqueID) async throws
    func setAutostart(ofDomain domain: UniqueID) async throws
    /// Defines a network, whosever it is, and does not start it.
    func define(_ network: NetworkDefinition) async throws
    /// Stops a network that runs.
    func stop(_ network: NetworkDefinition) async throws
    /// Defines and starts a pool.
    func make(_ pool: PoolDefinition) async throws
    /// Has a pool not start with its node any more.
    func clearAutostart(ofPool name: String) async throws
    /// Makes an existing empty folder in the node's own.
    func makeFolder(_ path: String) async throws
    /// Makes an empty disk.
    func makeDisk(_ path: String) async throws
    func exists(_ path: String) async -> Bool
    /// A base image to be fetched.
    func makeImageSource() async throws -> Image.Source
}

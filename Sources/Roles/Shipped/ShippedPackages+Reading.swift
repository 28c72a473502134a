package import Spec

extension ShippedPackages {
    /// The packages that a spec can use without having them; a test says that each can be read.
    package static let all: [RolePackage] = sources.compactMap { try? PackageReader.read($0, origin: .shipped) }
}

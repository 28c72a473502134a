package import Spec

/// What is done to pools, base images, volumes and seeds.
package enum StorageOperation: Sendable, Equatable {
    /// Defines, builds, starts and autostarts a folder pool; nothing where one is active on that path, but that the
    /// definition of one that this cluster defined is set right.
    case ensurePool(PoolDefinition)
    /// Stops and undefines a pool that this cluster defined, unless anything is in its folder; the folder stays.
    case deletePool(PoolDefinition)
    case fetchImage(ImageFetch)
    case deleteImage(path: String)
    case createVolume(VolumeDefinition)
    case writeSeed(SeedDefinition)
    /// Deletes a volume or seed that this domain's mark reaches, or a kept disk that the roster lists.
    case deleteVolume(path: String, of: UniqueID)
}

extension StorageOperation: StepOperation {
    package var domain: UniqueID? {
        switch self {
        case .createVolume(let volume): volume.owner
        case .writeSeed(let seed): seed.owner
        case .deleteVolume(_, let owner): owner
        case .ensurePool, .deletePool, .fetchImage, .deleteImage: nil
        }
    }

    package var network: UniqueID? { nil }

    package var secrets: [Secret] {
        switch self {
        case .writeSeed(let seed): [seed.rootPassword].compactMap(\.self)
        case .ensurePool, .deletePool, .fetchImage, .deleteImage, .createVolume, .deleteVolume: []
        }
    }

    package var madeFile: String? {
        switch self {
        case .createVolume(let volume): volume.path
        case .writeSeed(let seed): seed.path
        case .ensurePool, .deletePool, .fetchImage, .deleteImage, .deleteVolume: nil
        }
    }

    package func deletes(_ path: String) -> Bool {
        switch self {
        case .deleteImage(let deleted), .deleteVolume(let deleted, _): deleted == path
        case .ensurePool, .deletePool, .fetchImage, .createVolume, .writeSeed: false
        }
    }
}

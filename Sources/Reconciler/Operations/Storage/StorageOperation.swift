package import Spec

/// What is done to pools, base images, volumes and seeds.
package enum StorageOperation: Sendable, Equatable {
    /// Defines, builds, starts and autostarts a folder pool; nothing where one is active on that path, but that the
    /// definition of one that this cluster defined is set right.
    case ensurePool(PoolDefinition)
    /// Stops and undefines a pool that this cluster defined, unless anything is in its folder; the folder stays.
    case deletePool(PoolDefinition)
    case fetchImage(ImageFetch)
    /// Deletes a base image that nobody refers to, with files beside it that say that this run's spec kept it.
    case deleteImage(path: String, markers: [String] = [])
    /// Takes away what says that this run's spec keeps an image.
    case releaseImage(path: String, markers: [String])
    /// Deletes what is left of a sending that did not come to its end, unless somebody writes it.
    case discardTransfer(path: String)
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
        case .ensurePool, .deletePool, .fetchImage, .deleteImage, .releaseImage, .discardTransfer: nil
        }
    }

    package var network: UniqueID? { nil }

    package var secrets: [Secret] {
        switch self {
        case .writeSeed(let seed): [seed.rootPassword].compactMap(\.self)
        case .fetchImage(let fetch):
            fetch.giver == nil && !fetch.isThere ? [fetch.recipe?.rootPassword].compactMap(\.self) : []
        case .ensurePool, .deletePool, .deleteImage, .releaseImage, .discardTransfer, .createVolume,
            .deleteVolume:
            []
        }
    }

    package var madeFile: String? {
        switch self {
        case .createVolume(let volume): volume.path
        case .writeSeed(let seed): seed.path
        case .ensurePool, .deletePool, .fetchImage, .deleteImage, .releaseImage, .discardTransfer, .deleteVolume: nil
        }
    }

    package func deletes(_ path: String) -> Bool {
        switch self {
        case .deleteVolume(let deleted, _): deleted == path
        case .deleteImage(let deleted, let markers):
            deleted == path || markers.contains(path) || deleted.unfinishedFiles.contains(path)
        case .releaseImage(_, let markers): markers.contains(path)
        case .discardTransfer(let image): image.unfinishedFiles.contains(path)
        case .ensurePool, .deletePool, .fetchImage, .createVolume, .writeSeed: false
        }
    }
}

import Spec

extension StorageOperation {
    package var words: OperationWords {
        switch self {
        case .ensurePool(let pool):
            OperationWords(
                "ensurePool", "prepare pool \(pool.name) at \(pool.path)",
                purpose: "preparing the pool \(pool.name) at \(pool.path)")
        case .deletePool(let pool):
            OperationWords(
                "deletePool", "delete pool \(pool.name)", purpose: "deleting the pool \(pool.name) at \(pool.path)")
        case .fetchImage(let fetch) where fetch.isThere:
            OperationWords(
                "keepImage", "keep image \(fetch.image)", purpose: "noting that the image \(fetch.image) is kept")
        case .releaseImage(let path, _):
            OperationWords(
                "releaseImage", "no longer keep image \(Self.file(path))",
                purpose: "noting that the image \(path) is not kept any longer")
        case .fetchImage(let fetch) where fetch.giver != nil:
            OperationWords(
                "copyImage", "copy image \(fetch.image) from \(fetch.giver?.node.text ?? "")",
                purpose: "copying the image \(fetch.image) from \(fetch.giver?.node.text ?? "")", isLong: true)
        case .fetchImage(let fetch) where fetch.recipe != nil:
            OperationWords(
                "customizeImage", "customize image \(fetch.image)", purpose: "customizing the image \(fetch.image)",
                isLong: true)
        case .fetchImage(let fetch):
            OperationWords(
                "fetchImage", "fetch image \(fetch.image)", purpose: "fetching the image \(fetch.image)", isLong: true)
        case .deleteImage(let path, _):
            OperationWords("deleteImage", "delete image \(Self.file(path))", purpose: "deleting the image \(path)")
        case .discardTransfer(let path):
            OperationWords(
                "discardTransfer", "delete what is left of sending \(Self.file(path))",
                purpose: "deleting \(path).part")
        case .createVolume(let volume):
            OperationWords(
                "createVolume", "create volume \(Self.file(volume.path))",
                purpose: "creating the volume \(volume.path)")
        case .writeSeed(let seed):
            OperationWords("writeSeed", "write seed \(Self.file(seed.path))", purpose: "writing the seed \(seed.path)")
        case .deleteVolume(let path, _):
            OperationWords("deleteVolume", "delete volume \(Self.file(path))", purpose: "deleting the volume \(path)")
        }
    }

    /// The last part of a path.
    private static func file(_ path: String) -> Substring {
        path.split(separator: "/").last ?? Substring(path)
    }
}

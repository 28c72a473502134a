import Reconciler
import Spec

/// Carries out what is done to pools, base images, volumes and seeds.
struct StorageDriver: SubjectDriver {
    let context: NodeContext

    /// Carries out what is done to pools, base images, volumes and seeds.
    func perform(
        _ operation: StorageOperation, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        switch operation {
        case .ensurePool(let pool): try await pools.ensure(pool)
        case .deletePool(let pool): try await pools.delete(pool)
        case .fetchImage(let image): try await fetch(image, report)
        case .deleteImage(let path, let markers): try await images.deleteImage(path, with: markers)
        case .releaseImage(let path, let markers): try await images.release(path, markers)
        case .discardTransfer(let path): try await images.discard(path)
        case .createVolume(let volume): try await volumes.create(volume)
        case .writeSeed(let seed): try await seeds.write(seed)
        case .deleteVolume(let path, let owner): try await volumes.deleteVolume(path, of: owner)
        }
    }

    /// Has an image on the node, in a folder that is known by its mark from then on: nodes that share it see that.
    private func fetch(
        _ image: ImageFetch, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let result = try await images.fetch(image, report)
        try await pools.identify(FilePlace(image.path).folder)
        return result
    }
}

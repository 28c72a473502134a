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
        case .fetchImage(let image): try await images.fetch(image, report)
        case .deleteImage(let path, let markers): try await images.deleteImage(path, with: markers)
        case .releaseImage(let path, let markers): try await images.release(path, markers)
        case .discardTransfer(let path): try await images.discard(path)
        case .createVolume(let volume): try await volumes.create(volume)
        case .writeSeed(let seed): try await seeds.write(seed)
        case .deleteVolume(let path, let owner): try await volumes.deleteVolume(path, of: owner)
        }
    }
}

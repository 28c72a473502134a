import Reconciler
import Spec

extension ConnectedNode {
    /// Carries out what is done to pools, base images, volumes and seeds.
    func perform(
        _ operation: StorageOperation, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        switch operation {
        case .ensurePool(let pool): try await ensure(pool)
        case .deletePool(let pool): try await delete(pool)
        case .fetchImage(let image): try await fetch(image, report)
        case .deleteImage(let path): try await deleteImage(path)
        case .createVolume(let volume): try await create(volume)
        case .writeSeed(let seed): try await write(seed)
        case .deleteVolume(let path, let owner): try await deleteVolume(path, of: owner)
        }
    }
}

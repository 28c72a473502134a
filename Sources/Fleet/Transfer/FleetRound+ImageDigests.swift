package import Reconciler
import SSH
package import Spec

extension FleetRound {
    /// Has nodes hash base images, all nodes at the same time; what could not be read is left out.
    ///
    /// It takes as long as reading the files does; the nodes keep what comes of it, and tell it with their facts from then on.
    package func hash(_ images: [ImageQuestion]) async -> [ImageQuestion: Checksum] {
        let work = Dictionary(grouping: images, by: \.node).compactMap { name, questions in
            node(name).map { ($0, questions) }
        }
        return await withTaskGroup(of: [ImageQuestion: Checksum].self) { group in
            for (node, questions) in work {
                group.addTask { (try? await node.context.images.hash(questions)) ?? [:] }
            }
            return await group.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
        }
    }
}

import Spec

extension NoticeEmitter {
    /// Tells of root disks that stay though their image is another one now, where the spec does not say that they do.
    mutating func noticeStaleRoots() {
        for (image, instances) in outcomes.staleRoots.sorted(by: { $0.key < $1.key }) {
            let names = instances.sorted().map(\.text)
            let list = names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "")
            graph.findings.note(
                about: [ObjectReference(.image, image.text, on: nil)] + instances.sorted().map { .instance($0) },
                "the image \(image) is not the one that the root disk\(names.count == 1 ? "" : "s") of \(list) "
                    + "\(names.count == 1 ? "was" : "were") created from: \(names.count == 1 ? "it stays" : "they stay"); set imageChange: "
                    + "replace to recreate \(names.count == 1 ? "it" : "them"), or imageChange: ignore to hide this notice"
            )
        }
    }
}

import Reconciler
import TestNames
import Testing

@Suite("Files with another path at the other end") struct MoveFolderTests {
    private static let direction = DomainMark.Move(
        from: name("kvm1"), to: name("kvm2"), folders: [.init(from: "/a", to: "/b"), .init(from: "/b", to: "/c/d")])

    @Test(
        "have the pool's path of either end, and all others keep theirs",
        arguments: [
            ("/a/x.qcow2", "/b/x.qcow2"), ("/b/x.qcow2", "/c/d/x.qcow2"), ("/a/deep/x.qcow2", "/a/deep/x.qcow2"),
            ("/ab/x", "/ab/x"), ("/x", "/x"), ("/a/gr\u{fc}n", "/b/gr\u{fc}n"),
        ])
    func bothWays(from: String, to: String) {
        #expect(Self.direction.destinationPath(from) == to)
        #expect(Self.direction.sourcePath(to) == from)
    }
}

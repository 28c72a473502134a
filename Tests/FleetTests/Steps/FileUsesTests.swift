import Reconciler
import Spec
import TestNames
import Testing

@testable import Fleet

@Suite("Who needs a file")
struct FileUsesTests {
    private static let base = "/pool/kvmctl-\(String(repeating: "a", count: 64)).qcow2"

    private static func domain(_ name: String, disks: [String], marked: Bool = false) -> ObservedDomain {
        var mark = Samples.mark(of: name)
        mark.baseImage = FilePlace(base).name
        return ObservedDomain(
            uuid: Samples.names.domainUUID(TestNames.name(name)), name: name, power: .shutOff, autostart: false,
            mark: marked ? mark : nil, vcpus: 1, memory: .gibibytes(1),
            disks: disks.map { .init(name: nil, path: $0) }, fingerprint: "f")
    }

    @Test("a disk is free for its owner only")
    func disks() {
        let uses = FileUses(
            domains: [Self.domain("a", disks: ["/pool/a"]), Self.domain("b", disks: ["/pool/a", "/pool/b"])],
            volumes: [:])
        #expect(
            uses.reason(against: "/pool/a", except: Samples.names.domainUUID(name("a")))
                == "/pool/a is a disk of b")
        #expect(uses.reason(against: "/pool/b", except: Samples.names.domainUUID(name("b"))) == nil)
        #expect(uses.reason(against: "/pool/c", except: nil) == nil)
    }

    @Test("a base image stays for a disk, an overlay of anybody, and a mark")
    func images() {
        let overlay = ObservedVolume(path: "/pool/x", capacity: .gibibytes(1), backingPath: Self.base)
        #expect(FileUses(domains: [], volumes: [:]).reason(againstImage: Self.base) == nil)
        #expect(
            FileUses(domains: [], volumes: [overlay.path: overlay]).reason(againstImage: Self.base)
                == "\(Self.base) is the backing file of /pool/x")
        #expect(
            FileUses(domains: [Self.domain("a", disks: [], marked: true)], volumes: [:]).reason(againstImage: Self.base)
                == "it is the base image of a")
        #expect(
            FileUses(domains: [Self.domain("a", disks: [Self.base])], volumes: [:]).reason(againstImage: Self.base)
                == "\(Self.base) is a disk of a")
    }

    @Test("a mark's image is the file that its root disk stands on, not another one of the same name")
    func otherFolder() {
        var domain = Self.domain("a", disks: ["/pool/root"], marked: true)
        domain.disks[0].name = "root"
        let other = Self.base.replacing("/pool/", with: "/old/")
        let root = ObservedVolume(path: "/pool/root", capacity: .gibibytes(1), backingPath: Self.base)
        let uses = FileUses(domains: [domain], volumes: [root.path: root])
        #expect(uses.reason(againstImage: Self.base) == "\(Self.base) is the backing file of /pool/root")
        #expect(uses.reason(againstImage: other) == nil)
        // Where there is no disk yet, either may be meant.
        #expect(FileUses(domains: [domain], volumes: [:]).reason(againstImage: other) == "it is the base image of a")
    }

    @Test(
        "only names of base images are ever deleted as such",
        arguments: [
            "kvmctl-abc.qcow2", "demo.web-1.root.qcow2", "kvmctl-\(String(repeating: "g", count: 64)).qcow2", "",
        ])
    func names(name: String) {
        #expect(!name.isBaseImageName)
    }
}

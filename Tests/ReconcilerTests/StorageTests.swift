import Reconciler
import Spec
import Testing

/// What a node's folders show, and what that lets anybody conclude.
@Suite struct StorageTests {
    private static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.0.0.1}, kvm2: {address: 10.0.0.2}}
        pools: {data: {type: dir, path: /data/vm}, nfs: {type: dir, path: /nfs, shared: true}}
        images: {disk: {source: disk.qcow2}}
        instances:
          one: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, node: kvm1}
        """
    private static let kept = "/data/vm/demo.gone.data.qcow2"

    /// A node that remembers a kept disk in the data pool.
    private static func node(_ state: ObservedFolder.State = .listed, id: String? = nil) throws -> ObservedNode {
        var node = try emptyNode("kvm1")
        node.folders["/data/vm"] = ObservedFolder(path: "/data/vm", state: state, id: id)
        node.roster = Roster(
            cluster: identity, generation: 3, nodes: [name("kvm1"): .init(machine: node.machine)], instances: [:],
            keptDisks: [
                .init(instance: name("gone"), disk: name("data"), part: .main, node: name("kvm1"), path: kept)
            ])
        return node
    }

    private static let identity = ClusterIdentity(name: name("demo"))

    @Test("an empty place where disks should be is a file system that is not mounted, unless kvmctl's mark is in it")
    func emptyFolder() throws {
        let problem = try #require(try Self.node().storageProblem(for: Self.identity))
        #expect(problem.cause == .storage)
        #expect(
            problem.summary
                == "\(Self.kept) should be on kvm1, and the folder /data/vm is empty of them, as when a file system is not "
                + "mounted")
        #expect(problem.remedy.contains("mkdir -p /data/vm/.kvmctl && echo empty >/data/vm/.kvmctl/id"))
        #expect(try Self.node(.absent).storageProblem(for: Self.identity)?.summary.contains("is not there") == true)
        #expect(try Self.node(id: "a").storageProblem(for: Self.identity) == nil)
        var there = try Self.node()
        there.volumes[Self.kept] = ObservedVolume(path: Self.kept, capacity: .gibibytes(1))
        #expect(there.storageProblem(for: Self.identity) == nil)
        #expect(try Self.node().storageProblem(for: ClusterIdentity(name: name("other"))) == nil)
    }

    @Test("a folder that cannot be listed hides anything, whether or not something is expected in it")
    func unreadable() throws {
        var node = try emptyNode("kvm1")
        node.folders["/nfs"] = ObservedFolder(path: "/nfs", state: .unreadable("Stale file handle"), id: "a")
        let problem = node.storageProblem(for: Self.identity)
        #expect(problem?.summary == "the folder /nfs on kvm1 cannot be read: Stale file handle")
    }

    @Test("a kept disk is forgotten only where its folder was surely seen")
    func forgetting() throws {
        let cluster = try cluster(Self.spec)
        func kept(_ node: ObservedNode) -> [Roster.KeptDisk]? {
            let seen = node.storageProblem(for: Self.identity).map { NodeObservation.unknown($0) } ?? .answered(node)
            let other = NodeObservation.answered((try? emptyNode("kvm2")) ?? node)
            var fleet = ObservedFleet(nodes: [name("kvm1"): seen, name("kvm2"): other])
            if case .answered(var second) = other {
                second.roster = node.roster
                fleet.nodes[name("kvm2")] = .answered(second)
            }
            let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet)
            return plan.steps.compactMap { step -> [Roster.KeptDisk]? in
                if case .writeRoster(let roster) = step.operation { roster.keptDisks } else { nil }
            }.last
        }
        #expect(try kept(Self.node(id: "a")) == [])
        for node in [try Self.node(), try Self.node(.absent), try Self.node(.unreadable("no"), id: "a")] {
            #expect(kept(node).map { !$0.isEmpty } ?? true)
        }
    }

    /// Two nodes with a file in a folder, which they share or not.
    private static func twoNodes(ids: [String?], folder: String, _ path: String) throws -> ObservedFleet {
        var nodes: [Name: NodeObservation] = [:]
        for (name, id) in zip([name("kvm1"), name("kvm2")], ids) {
            var node = try emptyNode(name.text)
            node.folders[folder] = ObservedFolder(path: folder, state: .listed, id: id)
            node.volumes[path] = ObservedVolume(path: path, capacity: .gibibytes(1))
            nodes[name] = .answered(node)
        }
        return ObservedFleet(nodes: nodes)
    }

    private static let image = "/nfs/kvmctl-\(String(repeating: "a", count: 64)).qcow2"

    private static func deletedImages(_ fleet: ObservedFleet, pool: String = "/nfs") throws -> [String] {
        let cluster = try cluster(
            spec.replacing("path: /nfs, shared: true", with: "path: \(pool)\(pool == "/nfs" ? ", shared: true" : "")"))
        return Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet).steps.compactMap { step in
            if case .deleteImage(let path) = step.operation { "\(step.node)\(path)" } else { nil }
        }.sorted()
    }

    @Test("a base image on shared storage stays while a machine of another node uses it, or that node is silent")
    func sharedImage() throws {
        var fleet = try Self.twoNodes(ids: [nil, nil], folder: "/nfs", Self.image)
        #expect(try Self.deletedImages(fleet) == ["kvm1\(Self.image)", "kvm2\(Self.image)"])
        guard case .answered(var second) = fleet.nodes[name("kvm2")] else { return }
        let overlay = "/var/lib/libvirt/images/somebodys.qcow2"
        second.volumes[overlay] = ObservedVolume(path: overlay, capacity: .gibibytes(1), backingPath: Self.image)
        fleet.nodes[name("kvm2")] = .answered(second)
        #expect(try Self.deletedImages(fleet) == [])
        fleet.nodes[name("kvm2")] = .unknown(Unreachable(cause: .timeout, summary: "no answer", remedy: "look"))
        #expect(try Self.deletedImages(fleet) == [])
    }

    @Test("what kvmctl wrote into a folder tells that it is shared where the spec does not", arguments: [true, false])
    func sharedByMark(isShared: Bool) throws {
        let path = Self.image.replacing("/nfs", with: "/mnt")
        var fleet = try Self.twoNodes(ids: ["a", isShared ? "a" : "b"], folder: "/mnt", path)
        guard case .answered(var second) = fleet.nodes[name("kvm2")] else { return }
        var domain = ObservedDomain(
            uuid: UniqueID(derivedFrom: "foreign"), name: "foreign", power: .shutOff, autostart: false, mark: nil,
            vcpus: 1, memory: .gibibytes(1), fingerprint: "f")
        domain.disks = [.init(name: nil, path: path)]
        second.domains = [domain]
        fleet.nodes[name("kvm2")] = .answered(second)
        #expect(try Self.deletedImages(fleet, pool: "/mnt") == (isShared ? [] : ["kvm1\(path)"]))
    }

    @Test("a user counts by whatever name it has the file, and one that cannot be read may be a user")
    func names() throws {
        func node(_ change: (inout ObservedNode) -> Void) throws -> ObservedFleet {
            var node = try emptyNode("kvm1")
            node.volumes[Self.image] = ObservedVolume(path: Self.image, capacity: .gibibytes(1))
            node.volumes[Self.image]?.inode = "1:2"
            change(&node)
            return ObservedFleet(nodes: [
                name("kvm1"): .answered(node), name("kvm2"): .answered(try emptyNode("kvm2")),
            ])
        }
        #expect(try Self.deletedImages(node { _ in }) == ["kvm1\(Self.image)"])
        let linked = try node { node in
            node.volumes["/mnt/link.qcow2"] = ObservedVolume(path: "/mnt/link.qcow2", capacity: .gibibytes(1))
            node.volumes["/mnt/link.qcow2"]?.inode = "1:2"
            node.volumes["/srv/o"] = ObservedVolume(
                path: "/srv/o", capacity: .gibibytes(1), backingPath: "/mnt/link.qcow2")
        }
        #expect(try Self.deletedImages(linked) == [])
        let unread = try node { node in
            node.volumes["/nfs/x"] = ObservedVolume(path: "/nfs/x", capacity: .gibibytes(1))
            node.volumes["/nfs/x"]?.isUnread = true
        }
        #expect(try Self.deletedImages(unread) == [])
    }
}

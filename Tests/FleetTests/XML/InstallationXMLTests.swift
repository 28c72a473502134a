import FoundationXML
import Reconciler
import Spec
import TestNames
import Testing

@testable import Fleet

@Suite struct InstallationXMLTests {
    @Test("An installer sees the root disk and its CDs, and nothing else", arguments: Installation.End.allCases)
    func devices(until: Installation.End) throws {
        let domain = Samples.typical
        let installation = DomainInstallation(
            domain: domain,
            root: VolumeDefinition(
                path: domain.disks[0].path, capacity: .gibibytes(3), backingPath: nil, owner: domain.uuid),
            disc: "/images/kvmctl-cd.iso",
            answers: .init(volume: "OEMDRV", file: "ks.cfg", content: Array("secret".utf8)), until: until,
            timeout: .seconds(60))
        let text = DomainXML.text(installing: installation, answers: installation.answersPath)
        let root = try #require(try XMLDocument(xmlString: text, options: []).rootElement())
        let disks = root.devices("disk").map { disk in
            [
                disk["device"], disk.child("source")?["file"], disk.child("target")?["dev"],
                disk.child("boot")?["order"], disk.child("readonly").map { _ in "ro" },
            ].map { $0 ?? "-" }
        }
        #expect(
            disks == [
                ["disk", domain.disks[0].path, "vda", "1", "-"], ["cdrom", "/images/kvmctl-cd.iso", "sda", "2", "ro"],
                ["cdrom", "\(domain.seedPath).answers", "sdb", "-", "ro"],
            ])
        #expect(root.child("os")?.child("boot") == nil)
        #expect(root.child("on_reboot")?.stringValue == (until == .reboot ? "destroy" : "restart"))
        #expect(root.child("on_poweroff")?.stringValue == "destroy")
        #expect(root.child("uuid")?.stringValue == domain.uuid.text && !text.contains("secret"))
    }

    @Test("The stages of an installation are remembered in the mark", arguments: DomainMark.InstallationStage.allCases)
    func stages(_ stage: DomainMark.InstallationStage) throws {
        var mark = Samples.typical.mark
        mark.installation = stage
        try expectRemembered(mark)
    }

    @Test("The way of a migration is remembered in the mark", arguments: [[], ["/nfs"], ["/a & <b>", "/nfs"]])
    func way(sharedFolders: [String]) throws {
        var mark = Samples.typical.mark
        mark.move = .init(
            from: name("kvm1"), to: name("kvm2"), folders: [.init(from: "/srv/a", to: "/srv/b")],
            sharedFolders: sharedFolders)
        try expectRemembered(mark)
    }

    private func expectRemembered(_ mark: DomainMark) throws {
        // As libvirt gives it back: as text.
        let text = XMLElement("metadata", [:], [mark.xml]).compactText
        let metadata = try XMLDocument(xmlString: text, options: []).rootElement()
        guard case .readable(let read) = DomainMark.read(from: metadata, of: mark.uuid) else {
            Issue.record("it cannot be read")
            return
        }
        #expect(read == mark)
    }

    @Test(
        "Installers find their answers by the name of the file",
        arguments: [
            ("/a/host.ks", "OEMDRV ks.cfg"), ("ks.cfg", "OEMDRV ks.cfg"), ("autoinst.xml", "OEMDRV autoinst.xml"),
            ("user-data", "cidata user-data"), ("web.yaml", "cidata user-data"),
            ("Autounattend.xml", "ANSWERS autounattend.xml"), ("preseed.cfg", "ANSWERS preseed.cfg"),
        ])
    func answers(file: String, disc: String) {
        var installation = Installation(iso: name("cd"))
        #expect(installation.disc == nil)
        installation.answers = file
        #expect(installation.disc.map { "\($0.volume) \($0.file)" } == disc)
    }
}

import Libvirt
import Reconciler
import Spec
import Testing

@testable import Fleet

@Suite("Undefining") struct UndefiningTests {
    private func domain(isAdopted: Bool, hasTPM: Bool) -> ObservedDomain {
        let uuid = UniqueID(derivedFrom: "mail")
        var mark = Samples.typical.mark
        mark.isAdopted = isAdopted
        var domain = ObservedDomain(
            uuid: uuid, name: "mail", power: .shutOff, autostart: false, mark: mark, vcpus: 1, memory: .gibibytes(1),
            fingerprint: "")
        domain.hasEmulatedTPM = hasTPM
        return domain
    }

    private static let old = LibvirtVersion(major: 8, minor: 8, release: 0)
    private static let new = LibvirtVersion(major: 8, minor: 9, release: 0)

    @Test("an adopted domain's firmware variables and TPM stay, those of others go")
    func flags() throws {
        let adopted = try Undefining.flags(
            for: domain(isAdopted: true, hasTPM: true), keepsState: true, libvirt: Self.new)
        #expect(adopted.contains([.keepNVRAM, .keepTPM]) && !adopted.contains(.nvram))
        let plain = try Undefining.flags(
            for: domain(isAdopted: true, hasTPM: false), keepsState: true, libvirt: Self.old)
        #expect(plain.contains(.keepNVRAM) && !plain.contains(.keepTPM))
        let own = try Undefining.flags(
            for: domain(isAdopted: false, hasTPM: true), keepsState: false, libvirt: Self.old)
        #expect(own.contains(.nvram) && !own.contains(.keepNVRAM) && !own.contains(.keepTPM))
    }

    @Test("a libvirt that cannot keep a TPM's state undefines no adopted domain that has one")
    func refused() {
        #expect(throws: StepProblem.self) {
            try Undefining.flags(for: domain(isAdopted: true, hasTPM: true), keepsState: true, libvirt: Self.old)
        }
    }
}

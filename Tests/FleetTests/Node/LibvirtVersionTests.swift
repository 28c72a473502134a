import Reconciler
import TestNames
import Testing

@testable import Fleet
@testable import Libvirt

@Suite("The oldest libvirt")
struct LibvirtVersionTests {
    @Test(
        "A daemon before 7.0 is refused by its number, and any later one is not",
        arguments: [
            (6_000_000 as UInt, "6.0.0"), (6_010_000, "6.10.0"), (6_999_999, "6.999.999"), (7_000_000, nil),
            (7_000_001, nil), (8_009_000, nil), (9_000_000, nil), (10_000_000, nil), (11_010_000, nil),
        ])
    func oldest(number: UInt, refused: String?) {
        let refusal = NodeConnection.refusal(of: LibvirtVersion(number: number), on: name("kvm1"))
        #expect(
            refusal?.reason.summary
                == refused.map { "kvm1: libvirt is version \($0), but kvmctl needs 7.0.0 or newer" })
        #expect(refusal?.reason.remedy == refused.map { _ in "Upgrade the node's system, or its libvirt." })
    }
}

import Roles
import Spec
import Testing

@Suite struct ShippedPackagesTests {
    @Test("every package that comes with kvmctl can be read, and has a name of its own")
    func packages() {
        let problems = PackageCatalogue(shipped: [], folders: ShippedPackages.sources, kinds: ["files", "git-web"])
        #expect(problems.diagnostics.map(\.description) == [])
        #expect(ShippedPackages.all.count == ShippedPackages.sources.count)
    }
}

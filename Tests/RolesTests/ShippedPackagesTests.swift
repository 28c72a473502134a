import Foundation
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

    @Test(
        "every file of a package can be made, with the least that a spec has to say and with all",
        arguments: [false, true])
    func files(isAllGiven: Bool) throws {
        let own = Dictionary(uniqueKeysWithValues: TemplateOwnValue.allCases.map { ($0, "own-\($0.rawValue)") })
        for package in ShippedPackages.all {
            var inputs = package.inputs.reduce(into: [:]) { $0[$1.name] = $1.defaultValue }
            for input in package.inputs where input.isRequired || (isAllGiven && input.isOptional) {
                let value: InputValue = try #require(sample(of: input.type), "\(package.name): \(input.name)")
                inputs[input.name] = value
            }
            let values = TemplateValues(inputs: inputs, own: own)
            for file in package.files where file.condition?.holds(values) != false {
                let path = String(decoding: try file.path.render(values), as: UTF8.self)
                #expect(path == file.name)
                guard case .template(let template) = file.content else { continue }
                let text = String(decoding: try template.render(values), as: UTF8.self)
                #expect(!text.contains("{{"), "\(package.name): \(path)")
                #expect(text.isEmpty || text.hasSuffix("\n") || file.condition != nil, "\(package.name): \(path)")
            }
        }
    }

    @Test("every package has a health check, and says what it and its inputs are")
    func health() {
        for package in ShippedPackages.all {
            #expect(package.health != nil, "\(package.name)")
            #expect(!package.summary.isEmpty && package.summary.hasSuffix("."), "\(package.name)")
            for input in package.inputs { #expect(input.summary.hasSuffix("."), "\(package.name): \(input.name)") }
        }
    }

    @Test("the README of every package says what its role.yaml does: run `kvmctl role readme`")
    func readmes() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        for package in ShippedPackages.all {
            let file = root.appending(path: "roles/\(package.name)/README.md")
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(try PackageReadme.text(of: package, keeping: text) == text, "\(package.name)")
        }
    }

    /// Some value of a type.
    private func sample(of type: InputType) -> InputValue? {
        switch type {
        case .text: .text("10.0.0.9:80")
        case .boolean: .boolean(true)
        case .port: .integer(8080)
        case .integer(let range): .integer(range.lowerBound)
        case .address: .text("10.0.0.9")
        case .cidr: .text("10.0.0.0/24")
        case .size: .text("64MiB")
        case .duration: .text("5s")
        case .path: .text("/srv/x")
        case .url: .text("http://10.0.0.9/")
        case .choice(let words): words.first.map { .text($0) }
        case .list(let item): sample(of: item).map { .list([$0, $0]) }
        case .map(let item): sample(of: item).map { .map(["80": $0]) }
        case .members: members
        case .secret: .text("hidden")
        }
    }

    private var members: InputValue? {
        guard let first = Name("web-1"), let second = Name("web-2"), let address = IPv4Address("10.0.0.8") else {
            return nil
        }
        return .members([
            Member(name: first, address: address, port: 80, isFirst: true), Member(name: second, address: address),
        ])
    }
}

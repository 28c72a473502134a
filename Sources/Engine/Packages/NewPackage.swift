import Fleet
import Foundation
import Glibc
import Roles
import Spec

/// A package that somebody begins with: it can be applied as it is.
package struct NewPackage: Sendable {
    /// Such as `lab/roles/cache`.
    package let folder: String
    /// The texts of its files, by their names.
    package let files: [String: String]
    /// Whether it takes the place of one that came with kvmctl.
    package let hidesShipped: Bool

    /// - Throws: where no package can have the name.
    package init(_ name: String, beside folder: String) throws(RunFailure) {
        self.folder = "\(PackageFolders.shown(folder))/\(name)"
        let description = NewPackage.description(name)
        let template = "\(name).conf.mustache"
        var files = [PackageSource.description: description, template: NewPackage.template]
        let source = PackageSource(folder: self.folder, files: files.mapValues { Array($0.utf8) })
        let catalogue = Roles.languages.adding([source]).catalogue
        guard catalogue.diagnostics.isEmpty, case .success(let package)? = Name(name).flatMap({ catalogue[$0] }) else {
            let problem = catalogue.diagnostics.first
            throw RunFailure(
                problem.map(\.message) ?? "\(PlainText.line(name)) is no name",
                remedy: problem?.remedy ?? "use lower-case letters, digits and hyphens", .usage)
        }
        hidesShipped = package.hidesShipped
        files[PackageSource.readme] = try? PackageReadme.text(of: package, keeping: nil)
        self.files = files
    }

    /// Makes the folder with its files; one that is there already is left alone.
    ///
    /// Blocks on the disk.
    package func make(home: String?) throws(RunFailure) {
        let place = FileAccess.expanded(folder, home: home)
        let above = String(place.prefix(upTo: place.lastIndex(of: "/") ?? place.startIndex))
        if mkdir(above, 0o755) != 0, errno != EEXIST { throw failure(.last) }
        guard mkdir(place, 0o755) == 0 else {
            guard errno == EEXIST else { throw failure(.last) }
            throw RunFailure("\(folder) is there already", remedy: "Choose another name, or remove it.")
        }
        do throws(FileError) {
            for (name, text) in files.sorted(by: { $0.key < $1.key }) {
                try FileAccess.create("\(place)/\(name)", text)
            }
        } catch {
            try? FileManager.default.removeItem(atPath: place)
            throw failure(error)
        }
    }

    private func failure(_ error: FileError) -> RunFailure {
        RunFailure("\(folder) cannot be made: \(error.reason)", remedy: nil)
    }

    private static let template = """
        # Made by kvmctl for the role {{kvmctl.role}}: changes are undone by the next apply.
        greeting = {{greeting}}

        """

    private static func description(_ name: String) -> String {
        """
        apiVersion: kvmctl.role/v1
        description: Says in a sentence what the role is.

        # What a spec can say. An input that is neither required nor has a default may be left out.
        inputs:
          greeting:
            type: text
            default: Hello
            description: What the file says.

        # What has to be installed, by family of distributions (debian, rhel, alpine). Without this, it fits every guest.
        # packages:
        #   debian: [nginx-light]

        # What is placed in the guest.
        files:
          /etc/\(name).conf:
            template: \(name).conf.mustache

        # What runs, and what is done where one of the files has changed.
        # services:
        #   nginx: {onChange: restart}

        # What is opened in the guest's firewall, and what proves that the role works.
        # ports: [{port: 80}]
        # health: {tcp: {port: 80}}

        # What roles of other instances can refer to.
        outputs:
          file:
            value: /etc/\(name).conf
            description: The file that says it.

        """
    }
}

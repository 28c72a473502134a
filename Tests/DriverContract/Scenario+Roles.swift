import Reconciler
import Spec
import TestNames

@testable import Roles

extension Scenario {
    static let roles: [Scenario] = [
        Scenario(
            "the files of a role come into a running guest once, and go once",
            impossible: [.testDriver: "its guests have neither an agent nor an sshd, which a role is made through"]
        ) { trial in
            let domain = try await trial.makeWithRole()
            await trial.expect(.done, .domain(.start(uuid: domain.uuid, name: domain.name)))
            await trial.expectOnce(domain.operation(.place(Things.files)))
            let seen = await trial.domain(domain.uuid)
            if case .known(let roles)? = seen?.roles[Files.self] {
                trial.check(roles[Things.role]?.placed == Things.files.writes, "it has other files")
            } else {
                trial.check(false, "its files cannot be read")
            }
            await trial.expectOnce(domain.operation(.remove))
        },
        Scenario("a role of a guest that does not run is skipped") { trial in
            let domain = try await trial.makeWithRole()
            await trial.expect(.skipped, domain.operation(.place(Things.files)))
            await trial.expect(.skipped, domain.operation(.remove))
        },
        Scenario("a mark remembers the roles of a snapshot that was gone back to, beside those of now") { trial in
            let domain = try await trial.makeWithRole()
            let (uuid, name) = (domain.uuid, domain.name)
            await trial.expect(.done, .snapshot(.create(uuid: uuid, name: name, snapshot: "s", withMemory: false)))
            let site = MarkedRole(name: TestNames.name("site"), kind: GitWeb.key)
            let applied = MarkedRole.remember([site], in: domain.mark.applied)
            await trial.expect(.done, .update(DomainUpdate(uuid: uuid, name: name, action: .record(applied))))
            await trial.expect(.done, .snapshot(.revert(uuid: uuid, name: name, snapshot: "s")))
            let seen = await trial.domain(uuid)?.mark.map { MarkedRole.all(in: $0) }
            trial.check(seen == [Things.markedRole, site], "it remembers \(seen ?? [])")
        },
    ]
}

extension Things {
    static let role = name("etc")
    static let markedRole = MarkedRole(name: role, kind: Files.key)

    /// One file that a role is to have.
    static var files: FilesPlacement {
        var file = PlacedFile()
        file.content = "hi"
        return FilesPlacement(wanted: ["/etc/motd": file], contents: [:], writes: ["/etc/motd"], removes: [], seen: nil)
    }
}

extension DomainDefinition {
    /// What takes away all that its role put there.
    var roleRemoval: Reconciler.Operation { operation(.remove) }

    /// A change of its role.
    fileprivate func operation(_ action: FilesAction) -> Reconciler.Operation {
        .role(
            RoleStep(
                Files.self, uuid: uuid, name: name, role: Things.role, reach: GuestReach(address: nil), action: action))
    }
}

extension Trial {
    /// Defines a domain whose mark remembers a role.
    fileprivate func makeWithRole() async throws -> DomainDefinition {
        var domain = Things.domain("a", in: node.folder)
        domain.mark.phase = .active
        domain.mark.applied = MarkedRole.remember([Things.markedRole], in: domain.mark.applied)
        try await makeWhole(domain)
        return domain
    }
}

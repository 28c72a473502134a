import Foundation
import Testing

/// The ways of a repository to a node, and of a commit into a guest.
extension EndToEnd.SiteTests {
    /// What a guest is told that must have no agent from its first boot on.
    static let mute = "{cloudInit: {bootcmd: [[systemctl, mask, --now, qemu-guest-agent]]}}"

    /// A guest without an agent is served, updated, shown and brought back over ssh; afterwards it gets its agent.
    func isReachedWithoutAgent(_ lab: Lab, _ cluster: TestCluster, _ repository: Repository, _ addresses: [String])
        async throws
    {
        let start = ContinuousClock.now
        let agent = try await lab.inGuest("web-2", of: cluster.file, "systemctl is-active qemu-guest-agent; true")
        #expect(agent.stdout == "inactive\n")
        try await repository.run("echo between >index.html; push \"$(printf 'between \\033]0;x\\007')\"")
        try await cluster.apply()
        try await expectPage("between", addresses)
        let sites = try await cluster.run("get", ["sites"]).expecting()
        #expect(sites.stdout.split(separator: "\n").filter { $0.contains("Healthy") }.count == 2, "\(sites)")
        #expect(!sites.stdout.unicodeScalars.contains { ["\u{1b}", "\u{7}"].contains($0) }, "\(sites)")
        for name in ["web-1", "web-2"] { try await cluster.run("rollback", [name]).expecting() }
        try await expectPage("one", addresses)

        // The key is root's alone on the node, and its private half nowhere in the guest.
        let key = try await lab.onNode(
            "kvm2", "cd /var/lib/kvmctl/sites/keys/* && stat -c '%a %U' . key && sed -n 4p key"
        ).expecting().stdout.split(separator: "\n").map(String.init)
        #expect(key.prefix(2) == ["700 root", "600 root"])
        let found = try await lab.inGuest(
            "web-2", of: cluster.file, "grep -rlF -e '\(key.last ?? "?")' /etc /home /root /run /var 2>/dev/null; true")
        #expect(found.stdout == "", "\(found)")
        _ = try await lab.inGuest(
            "web-2", of: cluster.file, "systemd-run -q --unit=agent /usr/sbin/qemu-ga")
        print("a guest without an agent: \(ContinuousClock.now - start)")
    }

    /// A repository over https: an authority and a token of its own, and what is said where either is wrong.
    func isServedOverHTTPS(
        _ lab: Lab, _ cluster: TestCluster, _ repository: Repository, _ text: String, _ addresses: [String]
    ) async throws {
        let start = ContinuousClock.now
        let server = try await SecureGit(address: "\(lab.subnet).1", repositories: repository.folder)
        do {
            try await isServed(by: server, lab, cluster, repository, text, addresses)
        } catch {
            await server.end()
            throw error
        }
        await server.end()
        print("a repository over https: \(ContinuousClock.now - start)")
    }

    private func isServed(
        by server: SecureGit, _ lab: Lab, _ cluster: TestCluster, _ repository: Repository, _ text: String,
        _ addresses: [String]
    ) async throws {
        func write(authority: String?) throws {
            let trust = authority.map { "certificateAuthority: {file: \($0)}, " } ?? ""
            try cluster.write(
                text.replacing(
                    "repo: \"\(repository.url)\"",
                    with: "repo: \"\(server.url)/site.git\", \(trust)login: {user: deploy, password: {env: SITE_TOKEN}}"
                ))
        }
        let right = ["SITE_TOKEN": server.token]
        // Nothing of it is planned where the authority or the token is wrong, and the plan says what to do.
        for (authority, token, words) in [
            (nil, server.token, "set certificateAuthority"),
            (server.otherAuthority, server.token, "correct certificateAuthority"),
            (server.authority, "wrong", "correct login"),
        ] {
            try write(authority: authority)
            let plan = try await cluster.plan(environment: ["SITE_TOKEN": token], expecting: 6)
            #expect(plan.text.contains(words), "\(plan)")
        }
        let watch = CommandLineWatch()
        watch.start()
        let page = try await repository.run("echo 'echo secure >index.html' >build.sh; push secure")
        var outputs: [Output] = []
        do {
            outputs.append(try await cluster.plan("-o", "json", environment: right))
            outputs.append(try await cluster.apply(environment: right))
            outputs.append(try await cluster.plan("--detailed-exitcode", environment: right, expecting: 0))
            // Later a token that is not right any more is no success, and the site stays.
            outputs.append(
                try await cluster.plan("--detailed-exitcode", environment: ["SITE_TOKEN": "wrong"], expecting: 7))
        } catch {
            _ = await watch.stop()
            throw error
        }
        let commandLines = await watch.stop()
        #expect(outputs[0].stdout.contains(page.prefix(7)))
        #expect(outputs[3].text.contains("keeps serving") && outputs[3].text.contains("correct login"))
        try await expectPage("secure", addresses)

        let forms = SecretForms(password: server.token, hashes: [])
        for output in outputs { #expect(forms.found(in: Data(output.text.utf8)) == [], "\(output.command)") }
        for line in commandLines { #expect(forms.found(in: line) == [], "a command line") }
        let places = "/var/lib/kvmctl* /run /etc /root /var/log /home"
        let search = "grep -rlF -e '\(server.token)' \(places) 2>/dev/null | grep -v '^/proc'; true"
        for node in ["kvm1", "kvm2"] { #expect(try await lab.onNode(node, search).stdout == "") }
        #expect(try await lab.inGuest("web-1", of: cluster.file, search).stdout == "")
    }
}

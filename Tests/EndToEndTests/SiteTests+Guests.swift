import Foundation
import Testing

/// What is looked at from inside the guests that serve.
extension EndToEnd.SiteTests {
    /// That ufw in the first guest and firewalld in the second let the port through, and nothing else but ssh.
    func firewallsLetThrough(_ port: String, _ lab: Lab, _ cluster: TestCluster, _ addresses: [String]) async throws {
        let listen = "systemctl is-active -q other || systemd-run -q --unit=other nc -lk 9099 >/dev/null 2>&1; "
        let first = try await lab.inGuest("web-1", of: cluster.file, listen + "ufw status").stdout
        let allowed = first.split(separator: "\n").filter { $0.contains("ALLOW") }
            .compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(first.contains("Status: active") && Set(allowed) == ["22/tcp", "\(port)/tcp"], "\(first)")
        let second = try await lab.inGuest(
            "web-2", of: cluster.file,
            listen + "firewall-cmd --state; firewall-cmd --list-ports; firewall-cmd --permanent --list-ports"
        ).stdout
        #expect(second == "running\n\(port)/tcp\n\(port)/tcp\n")
        for address in addresses {
            let other = try await Program.run("/usr/bin/curl", ["-s", "-m", "2", "http://\(address):9099/"])
            #expect([7, 28].contains(other.status), "\(address) lets somebody in at port 9099: \(other)")
        }
    }

    /// A repository over ssh with a deploy key, served over https: no secret is where it must not be.
    ///
    /// The deploy key and the known hosts stay on this machine and in the node's memory. The key of the certificate is in
    /// one file of the guest, which only its server may read.
    func secretsStay(_ lab: Lab, _ cluster: TestCluster) async throws {
        let key = cluster.folder.appending(path: "tls.key").path
        let hosts = try #require(lab.environment["KVMCTL_KNOWN_HOSTS"])
        try cluster.write(
            specOverSSH(lab, hosts).replacing("count: 2", with: "count: 2\n    rollout: {maxUnavailable: 2}"))
        let missing = try await cluster.apply(expecting: 1)
        #expect(missing.text.contains("needs a secret that cannot be read: "), "\(missing)")
        try await Program.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=sites", "-keyout", key,
                "-out", cluster.folder.appending(path: "tls.crt").path,
            ]
        ).expecting()
        let log = cluster.folder.appending(path: "log").path
        let watch = CommandLineWatch()
        watch.start()
        let outputs: [Output]
        do { outputs = [try await cluster.plan(), try await cluster.apply("--log", log)] } catch {
            _ = await watch.stop()
            throw error
        }
        let commandLines = await watch.stop()
        let listed = try await cluster.run("get", ["sites"]).expecting()
        #expect(listed.stdout.count(of: "Healthy") == 2 && listed.stdout.contains(":8443/"), "\(listed)")

        let deploy = try SecretForms(privateKey: lab.nodeKey)
        let forms = deploy + (try SecretForms(privateKey: key))
        for output in outputs + [listed] {
            #expect(forms.found(in: Data(output.text.utf8)) == [], "\(output.command)")
        }
        #expect(forms.found(in: try Data(contentsOf: URL(filePath: log))) == [], "--log")
        #expect(commandLines.contains { $0.range(of: Data("git".utf8)) != nil }, "the watch saw nothing")
        for line in commandLines { #expect(forms.found(in: line) == [], "a command line of \(line.count) bytes") }
        for node in ["kvm1", "kvm2"] {
            let places = forms.found(under: lab.state + "/nodes/" + node) {
                !($0.hasPrefix("var/lib/libvirt/images/") || $0.hasPrefix("etc/ssh/"))
            }
            #expect(places == [], "\(node)")
            let live = try await lab.onNode(
                node, "find /tmp /run -xdev -type f -size -4096k -exec cat {} + 2>/dev/null; true"
            ).expecting().stdout
            #expect(forms.found(in: Data(live.utf8)) == [], "\(node): /tmp and /run")
        }

        // The patterns go in through standard input, and are no file of the guest.
        let needles = [
            try line(4, of: lab.nodeKey), try line(4, of: key),
            try #require(
                String(contentsOfFile: hosts, encoding: .utf8).split(separator: "\n").last?.split(separator: " ").last
                    .map { String($0.suffix(40)) }),
        ]
        for name in ["web-1", "web-2"] {
            let found = try await lab.inGuest(
                name, of: cluster.file,
                """
                find /etc /home /opt /root /run /srv /tmp /var -xdev -type f -exec grep -lF '\(needles[0])
                \(needles[1])
                \(needles[2])' {} + | xargs -r stat -c '%a %U %G %n'
                cat /proc/[0-9]*/environ 2>/dev/null | grep -caF '\(needles[1])'; true
                """
            ).stdout
            let files = found.split(separator: "\n")
            #expect(
                files.count == 2 && files.last == "0"
                    && files[0].wholeMatch(
                        of: /640 root kvmctl-site \/var\/lib\/kvmctl-site\/site\/private\/tls-[0-9a-f]{16}\/key/)
                        != nil,
                "\(files.count) places in \(name)")
        }
    }

    /// A certificate whose key is another's is told, and the servers go on with the right pair, also after a restart.
    func wrongPairIsRefused(_ lab: Lab, _ cluster: TestCluster, _ addresses: [String]) async throws {
        let hosts = try #require(lab.environment["KVMCTL_KNOWN_HOSTS"])
        let folder = cluster.folder.path
        try await Program.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=other", "-keyout",
                folder + "/other.key", "-out", folder + "/other.crt",
            ]
        ).expecting()
        try cluster.write(specOverSSH(lab, hosts).replacing("{file: tls.crt}", with: "{file: other.crt}"))
        let bad = try await cluster.apply(expecting: 1)
        #expect(bad.text.contains("key values mismatch"), "\(bad)")
        _ = try await lab.inGuest("web-1", of: cluster.file, "systemctl restart kvmctl-site-site")
        for address in addresses {
            try await Program.run(
                "/usr/bin/curl",
                [
                    "-sfk", "-m", "20", "--retry", "5", "--retry-connrefused", "-o", "/dev/null",
                    "https://\(address):8443/",
                ]
            ).expecting()
        }
    }

    private func line(_ number: Int, of file: String) throws -> String {
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        return String(try #require(lines.dropFirst(number).first))
    }
}

extension String {
    /// How often another text is in it.
    fileprivate func count(of text: String) -> Int { ranges(of: text).count }
}

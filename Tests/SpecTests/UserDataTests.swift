import Roles
import Spec
import Testing
import YAML

/// What stands below `cloudInit`, and files of it.
@Suite struct UserDataTests {
    private static func load(_ cloudInit: String, file: String? = nil) -> LoadResult {
        let text =
            "apiVersion: kvmctl/v1\ninstances:\n  a:\n    image: debian\n    flavor: small\n    cloudInit: \(cloudInit)\n"
        return SpecLoader.load(
            sources: [SpecSource(file: "base", text: SpecCase.base), SpecSource(file: "in/f", text: text)],
            roles: Roles.languages,
            userData: { path in
                guard let file, path == "in/user.yaml" else { return .failed("no such file or directory") }
                return .found(SpecSource(file: path, text: file))
            })
    }

    private static func cloudInit(_ result: LoadResult) throws -> String {
        let cluster = try #require(result.cluster, "\(result.errors)")
        let node = try #require(cluster.instances.values.first { $0.name.text == "a" }?.cloudInit)
        return try Emitter.text(node)
    }

    @Test("the keys of a file stand where its name stood, and what stands beside it is laid over them")
    func file() throws {
        let file =
            "#cloud-config\npackages: [nginx, git]\nwrite_files:\n- {path: /a, permissions: 0755}\nchpasswd: {expire: no, list: x}\n"
        let result = Self.load("{file: user.yaml, packages: [vim], chpasswd: {list: null}, runcmd: [a]}", file: file)
        #expect(result.diagnostics == [])
        #expect(
            try Self.cloudInit(result) == """
                packages:
                - vim
                write_files:
                - path: /a
                  permissions: 0755
                chpasswd:
                  expire: no
                runcmd:
                - a

                """)
    }

    @Test(
        "a file of nothing but its first line says nothing",
        arguments: ["#cloud-config", "#cloud-config\r\n", "\u{FEFF}#cloud-config # x\n---\n"])
    func emptyFile(file: String) throws {
        #expect(try Self.cloudInit(Self.load("{file: user.yaml}", file: file)) == "{}\n")
    }

    @Test(
        "a file that is no #cloud-config is refused with what to do",
        arguments: [
            (nil, "in/f:6:23: error: cloudInit.file: in/user.yaml cannot be used: no such file or directory"),
            (
                "packages: [a]\n",
                "in/f:6:23: error: cloudInit.file: in/user.yaml does not start with #cloud-config; make #cloud-config its first line if its keys are cloud-init's"
            ),
            (
                "#cloud-configuration\n",
                "in/f:6:23: error: cloudInit.file: in/user.yaml does not start with #cloud-config; make #cloud-config its first line if its keys are cloud-init's"
            ),
            (
                "#!/bin/sh\nreboot\n",
                "in/f:6:23: error: cloudInit.file: in/user.yaml does not start with #cloud-config; it is a script: write it below runcmd:, or below write_files: and run it from runcmd:"
            ),
            (
                "Content-Type: multipart/mixed; boundary=x\n",
                "in/f:6:23: error: cloudInit.file: in/user.yaml does not start with #cloud-config; it is a multipart archive: write the keys of its cloud-config part here, and its scripts below runcmd:"
            ),
            (
                "## template: jinja\n#cloud-config\n",
                "in/f:6:23: error: cloudInit.file: in/user.yaml does not start with #cloud-config; it is a template, and templates are not filled in: write the values themselves"
            ),
            (
                "#include\nhttps://example.org\n",
                "in/f:6:23: error: cloudInit.file: in/user.yaml does not start with #cloud-config; it names other files to fetch: put their content here"
            ),
            (
                "#cloud-config\n- a\n",
                "in/user.yaml:2:1: error: in/user.yaml: expected a map of cloud-init's keys, found a list"
            ),
            ("#cloud-config\na: {\n", "in/user.yaml:3:1: error: the file ends inside a { or [ that is not closed"),
        ] as [(String?, String)])
    func noFile(file: String?, expected: String) {
        #expect(Self.load("{file: user.yaml}", file: file).diagnostics.map(\.description) == [expected])
    }

    @Test(
        "what is no map is refused with what to write",
        arguments: [
            ("./user.yaml", "found \"./user.yaml\"; write cloudInit: {file: ./user.yaml}"),
            (
                "|\n      #cloud-config\n      packages: [a]",
                "found \"#cloud-config\\npackages: [a]\\n\"; remove the | and the line #cloud-config: write the keys themselves below cloudInit; or put the text into a file and write cloudInit: {file: PATH}"
            ),
            (
                "|\n      #!/bin/sh\n      reboot",
                "found \"#!/bin/sh\\nreboot\\n\"; it is a script: write it below runcmd:, or below write_files: and run it from runcmd:"
            ),
            ("[a]", "found a list"), ("{file: [a]}", "error: cloudInit.file: expected text, found a list"),
        ])
    func noMap(value: String, expected: String) {
        let found = Self.load(value).diagnostics.map(\.description)
        #expect(found.count == 1 && found[0].hasSuffix(expected), "\(found)")
    }

    @Test(
        "a key that cloud-init does not know is a warning with what was probably meant",
        arguments: [
            (
                "{network: {version: 2}}",
                "in/f:6:17: warning: cloudInit: cloud-init has no key \"network\" and would ignore it; user-data does not set up networks: give addresses in nics: and networks:, or write files below write_files:"
            ),
            (
                "{package: [a]}",
                "in/f:6:17: warning: cloudInit: cloud-init has no key \"package\" and would ignore it; did you mean \"packages\"?"
            ),
            (
                "{user-data: x}",
                "in/f:6:17: warning: cloudInit: cloud-init has no key \"user-data\" and would ignore it; write its keys here, or write cloudInit: {file: PATH}"
            ),
            (
                "{nonsense: x}",
                "in/f:6:17: warning: cloudInit: cloud-init has no key \"nonsense\" and would ignore it"
            ),
        ])
    func unknownKey(value: String, expected: String) {
        let result = Self.load(value)
        #expect(result.diagnostics.map(\.description) == [expected] && result.cluster != nil)
    }
}

import Spec
import Testing

@Suite struct ConfidentialityTests {
    @Test(
        "what may be a secret is in no message, and its line is not to be shown",
        arguments: [
            "rootPassword: hunter2", "rootPassword: 'hunter2'", "rootPassword: {hunter2: x}", "rootPassword: {hunter2}",
            "rootPassword: {env: hunter2!}", "rootPassword: {env: hunter2 x, file: y}", "rootPassword: [hunter2]",
            "rootPasword: hunter2", "root_password: hunter2", "passwd: hunter2",
            "sshKeys: ['-----BEGIN OPENSSH PRIVATE KEY----- hunter2']",
        ])
    func secrets(_ access: String) {
        let text = "instances:\n  a:\n    image: debian\n    flavor: small\n    access:\n      \(access)\n"
        let result = SpecCase("", text, gives: []).load()
        #expect(!result.errors.isEmpty)
        for diagnostic in result.diagnostics {
            #expect(!diagnostic.description.contains("hunter2"))
            #expect(diagnostic.isConfidential)
        }
    }
}

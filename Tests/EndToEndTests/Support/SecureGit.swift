import Foundation
import Testing

/// Git over https as servers have it: Apache with git's own program, a certificate of an authority of its own, and a token.
final class SecureGit: Sendable {
    let url: String
    /// The certificate of the authority that signed the server's, and one that did not.
    let authority: String
    let otherAuthority: String
    /// What its user `deploy` logs in with.
    let token = "t0ken-\(UUID().uuidString)"
    private let folder: URL
    private let server: Program

    /// Serves the bare repositories in a folder.
    init(address: String, repositories: URL) async throws {
        let folder = try Scratch.folder()
        let port = 9_900 + Int.random(in: 0..<90)
        url = "https://\(address):\(port)"
        authority = folder.appending(path: "ca.pem").path
        otherAuthority = folder.appending(path: "other.pem").path
        let script = """
            set -eu
            cd '\(folder.path)'
            new='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
            openssl req -x509 $new -keyout other.key -out other.pem -days 2 -subj /CN=other
            openssl req -x509 $new -keyout ca.key -out ca.pem -days 2 -subj /CN=authority
            openssl req $new -keyout server.key -out server.csr -subj '/CN=\(address)'
            echo 'subjectAltName=IP:\(address)' >extensions
            openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile extensions -out server.pem
            printf 'deploy:%s\\n' "$(printf %s "$1" | openssl passwd -apr1 -stdin)" >users
            chmod 755 . '\(repositories.path)'
            modules=/usr/lib/apache2/modules
            {
                printf '%s\\n' 'ServerName lab' "PidFile $PWD/pid" "ErrorLog $PWD/errors" 'Listen \(address):\(port)'
                for name in mpm_prefork authn_core authn_file authz_core authz_user auth_basic alias cgi env ssl; do
                    echo "LoadModule ${name}_module $modules/mod_$name.so"
                done
                cat <<END
            User nobody
            Group nogroup
            SSLEngine on
            SSLCertificateFile $PWD/server.pem
            SSLCertificateKeyFile $PWD/server.key
            SetEnv GIT_PROJECT_ROOT \(repositories.path)
            SetEnv GIT_HTTP_EXPORT_ALL
            SetEnv GIT_CONFIG_COUNT 1
            SetEnv GIT_CONFIG_KEY_0 safe.directory
            SetEnv GIT_CONFIG_VALUE_0 *
            ScriptAlias / $(git --exec-path)/git-http-backend/
            <Location />
                AuthType Basic
                AuthName git
                AuthUserFile $PWD/users
                Require valid-user
            </Location>
            END
            } >server.conf
            """
        try await Program.run("/bin/sh", ["-s", token], input: script).expecting()
        self.folder = folder
        server = try Program(
            "/usr/sbin/apache2", ["-X", "-f", folder.appending(path: "server.conf").path])
    }

    func end() async {
        server.signal(SIGKILL)
        _ = try? await server.output(timeout: .seconds(20))
        try? FileManager.default.removeItem(at: folder)
    }
}

import Spec

/// The keys of a git-web role.
enum GitWebKeys {
    static let repo = Key(
        "repo", Kind<String>.repository, "The repository's address: https, ssh or git; must be given.",
        example: "https://example.org/site.git")
    static let ref = Key(
        "ref", Kind<String>.gitRef, "A branch, tag or commit; a branch or tag by its name alone, without refs/.",
        unset: "`main`", example: "v1.2")
    static let path = Key(
        "path", Kind<String>.innerPath, "The folder to serve, with index.html in it.", unset: "the whole repository",
        example: "public")
    static let port = Key(
        "port", Kind<Int>.integer(1...65_535, "a port"), "The port to serve it on.", unset: "`80`", example: "8080")
    static let update = Key(
        "update", Kind<GitWebRole.Update>.choice,
        "`auto`: a new commit of the ref is a planned change; `pinned`: only a change of `ref` or `repo` here is.",
        unset: "`auto`", example: "pinned")
    static let build = Key(
        "build", Kind<[String]>.list(of: .commandLine, "commands"),
        "Shell commands run in a new commit's folder in the guest, as an unprivileged user; variables are not expanded.",
        unset: "none", example: "[./build.sh]")
    static let buildTimeout = Key(
        "buildTimeout", Kind<Duration>.duration, "How long the build may take.", unset: "`10m`", example: "2m")
    static let tls = Key(
        "tls", Kind.object(SiteTLSKeys.table), "The certificate and key to serve it over https.", unset: "http",
        example: "{certificate: {file: site.crt}, key: {file: site.key}}")
    static let health = Key(
        "health", Kind.object(SiteHealthKeys.table), "The page that must answer for a new commit to stay.",
        unset: "`/` with status 200 within a minute", example: "{path: /, status: 200, timeout: 60s}")
    static let keep = Key(
        "keep", Kind<Int>.integer(1...100, "a count"), "How many commits are kept in the guest for a rollback.",
        unset: "`3`", example: "5")
    static let deployKey = Key(
        "deployKey", Kind.secret(.deployKey),
        "The private key that reads the repository over ssh; only its own host and port receive it.",
        unset: "the node's own", example: "{file: keys/deploy}")
    static let knownHosts = Key(
        "knownHosts", Kind.secret(.anything), "The known_hosts lines of the repository's host.",
        unset: "the node's own", example: "{file: keys/known_hosts}")
    static let certificateAuthority = Key(
        "certificateAuthority", Kind.secret(.certificate),
        "The PEM certificates of the authority that signed the repository's https certificate; for its host only.",
        unset: "those that the node trusts", example: "{file: keys/authority.pem}")
    static let login = Key(
        "login", Kind.object(SiteLoginKeys.table),
        "The login for the repository over https; only its own host and port receive it.", unset: "anonymous access",
        example: "{user: deploy, password: {env: SITE_TOKEN}}")
    static let table = FieldTable<GitWebRole>(
        "a git-web role", blank: GitWebRole(repo: ""), isLayered: true,
        [
            Field(required: repo, \.repo), Field(ref, \.ref), Field(path, \.path), Field(port, \.port),
            Field(update, \.update), Field(orEmpty: build, \.build), Field(buildTimeout, \.buildTimeout),
            Field(optional: tls, \.tls), Field(health, \.health), Field(keep, \.keep),
            Field(optional: deployKey, \.deployKey),
            Field(optional: knownHosts, \.knownHosts), Field(optional: certificateAuthority, \.certificateAuthority),
            Field(optional: login, \.login),
        ])
}

/// The keys of who reads a repository.
enum SiteLoginKeys {
    static let user = Key(
        "user", Kind<String>.loginName, "The user's name; servers that accept tokens ignore or prescribe it.",
        unset: "`git`", example: "deploy")
    static let password = Key(
        "password", Kind.secret(.anything), "The password or token.", example: "{env: SITE_TOKEN}")
    static let table = FieldTable<GitWebRole.Login>(
        "a repository's login", blank: GitWebRole.Login(user: "git", password: .file("")),
        [Field(user, \.user), Field(required: password, \.password)])
}

/// The keys of a website's certificate.
enum SiteTLSKeys {
    static let certificate = Key(
        "certificate", Kind.secret(.certificate), "The certificate with its chain, in PEM.", example: "{file: site.crt}"
    )
    static let key = Key("key", Kind.secret(.privateKey), "Its private key, in PEM.", example: "{file: site.key}")
    static let table = FieldTable<GitWebRole.TLS>(
        "a website's certificate", blank: GitWebRole.TLS(certificate: .file(""), key: .file("")),
        [Field(required: certificate, \.certificate), Field(required: key, \.key)])
}

/// The keys of a website's health.
enum SiteHealthKeys {
    static let path = Key("path", Kind<String>.urlPath, "The path to request.", unset: "`/`", example: "/health")
    static let status = Key(
        "status", Kind<Int>.integer(100...599, "a status"), "The expected status.", unset: "`200`",
        example: "200")
    static let timeout = Key(
        "timeout", Kind<Duration>.duration, "How long a new commit may take to answer.", unset: "`60s`", example: "30s")
    static let table = FieldTable<GitWebRole.Health>(
        "a website's health", blank: GitWebRole.Health(),
        [Field(path, \.path), Field(status, \.status), Field(timeout, \.timeout)])
}

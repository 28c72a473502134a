import YAML

/// The keys of what proves that a role works.
enum PackageHealthKeys {
    static let http = Key(
        "http", Kind<HTTPFields>.httpFields, "A page that must be there.", example: "{port: 80, path: /health}")
    static let tcp = Key(
        "tcp", Kind<Marked<PortValue>>.tcpGate, "A port on which something must listen.", example: "{port: 3306}")
    static let command = Key(
        "command", Kind<Marked<String>>.marked(.text), "The script that must end with 0.", example: "health.sh")
    static let timeout = Key(
        "timeout", Kind<Duration>.duration, "How long it may take.", unset: "`60s`", example: "3m")
    static let from = Key(
        "from", Kind<PackageHealth.Origin>.choice, "Where it is asked.", unset: "`node`", example: "guest")
    static let table = Table("a role's health", [http, tcp, command, timeout, from])

    static let port = Key(
        "port", Kind<Marked<PortValue>>.marked(.portValue), "The port, or the input that says it.", example: "80")
    static let path = Key(
        "path", Kind<Template>.pagePath, "The page's path, which is filled in.", unset: "`/`", example: "/health")
    static let status = Key(
        "status", Kind<Int>.integer(100...599, "a status"), "The page's status.", unset: "`200`", example: "204")
    static let body = Key(
        "body", Kind<Template>.template, "What the page must hold, which is filled in.", unset: "anything",
        example: "\"{{kvmctl.revision}}\"")
    static let tls = Key(
        "tls", Kind<Bool>.boolean, "Whether it is asked for over TLS.", unset: "`false`", example: "true")
    static let page = Table("a role's page", [port, path, status, body, tls], required: [port])
    static let listener = Table("a role's listener", [port], required: [port])
}

extension Kind where Value == HealthFields {
    /// What proves that a role works: one of three gates.
    static var healthFields: Kind {
        .reading(PackageHealthKeys.table) { reader in
            let given = [
                reader.has(PackageHealthKeys.http), reader.has(PackageHealthKeys.tcp),
                reader.has(PackageHealthKeys.command),
            ]
            guard given.count(where: { $0 }) == 1 else {
                reader.context.error(reader.mark, "\(reader.path): expected exactly one of http, tcp and command")
                return nil
            }
            return HealthFields(
                http: reader.optional(PackageHealthKeys.http), tcp: reader.optional(PackageHealthKeys.tcp),
                command: reader.optional(PackageHealthKeys.command),
                timeout: reader.optional(PackageHealthKeys.timeout) ?? .seconds(60),
                origin: reader.optional(PackageHealthKeys.from) ?? .node)
        }
    }
}

extension Kind where Value == HTTPFields {
    /// A page that must be there.
    fileprivate static var httpFields: Kind {
        .reading(PackageHealthKeys.page) { reader in
            let port = reader.required(PackageHealthKeys.port)
            let path = reader.optional(PackageHealthKeys.path)
            let status = reader.optional(PackageHealthKeys.status) ?? 200
            let body = reader.optional(PackageHealthKeys.body)
            let isTLS = reader.optional(PackageHealthKeys.tls) ?? false
            return port.map { HTTPFields(port: $0, path: path, status: status, body: body, isTLS: isTLS) }
        }
    }
}

extension Kind where Value == Marked<PortValue> {
    /// A port on which something must listen.
    fileprivate static var tcpGate: Kind {
        .reading(PackageHealthKeys.listener) { $0.required(PackageHealthKeys.port) }
    }
}

extension Kind where Value == Template {
    /// The path of a page.
    fileprivate static var pagePath: Kind {
        let any = Kind<Template>.template
        return Kind(expected: "a path such as /health", schema: any.schema, write: any.write) { node, path, context in
            if let text = node.scalar?.text, !text.hasPrefix("/") {
                context.mismatch(node, path: path, expected: "a path such as /health")
                return nil
            }
            return any.read(node, path, context)
        }
    }
}

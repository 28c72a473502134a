import Spec
import YAML

/// A role with an input of each type.
enum EveryInput: RoleLanguage {
    static let key: RoleKey = "p"
    static let summary = "A role of the tests."
    static let example = "{listen: 80}"
    static let form = Kind<[String: InputValue]>.inputs("a p role", declarations)

    static func check(_ roles: [PlacedRole<[String: InputValue]>]) -> [Diagnostic] { [] }

    static let declarations: [InputDeclaration] = [
        declaration("listen", .port, isRequired: true), declaration("backends", .members, isRequired: true),
        declaration("token", .secret), declaration("mode", .choice(["a", "b"])), declaration("note", .text),
        declaration("server", .address), declaration("size", .size), declaration("wait", .duration),
        declaration("clients", .list(.cidr)), declaration("peers", .list(.address)),
        declaration("users", .map(.secret)),
        declaration("tokens", .list(.secret)), declaration("limits", .map(.integer(-5...5))),
        declaration("folder", .path), declaration("page", .url), declaration("isOn", .boolean, default: .boolean(true)),
        declaration("workers", .integer(1...8), default: .integer(2)),
    ]

    private static func declaration(
        _ name: String, _ type: InputType, isRequired: Bool = false, default value: InputValue? = nil
    ) -> InputDeclaration {
        InputDeclaration(
            name: name, type: type, isRequired: isRequired, defaultValue: value, summary: "An input.",
            position: Position(file: "role.yaml", line: 1, column: 1))
    }
}

/// A role with a name that is long enough to be misspelt.
enum Balancer: RoleLanguage {
    static let key: RoleKey = "load-balancer"
    static let summary = "A role of the tests."
    static let example = "{}"
    static let form = Kind<[String: InputValue]>.inputs("a load-balancer role", [])

    static func check(_ roles: [PlacedRole<[String: InputValue]>]) -> [Diagnostic] { [] }
}
